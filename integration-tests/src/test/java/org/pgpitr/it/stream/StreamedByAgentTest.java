package org.pgpitr.it.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgpitr.error.ExitCode;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Moment;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.service.spool.Spool;

/** The agent receives and archives, into two encrypted repositories: one on S3, one on a disk. */
@Tag("scenario")
class StreamedByAgentTest {
    private static final String SLOTS = "select count(*) from pg_replication_slots where slot_name = 'pgpitr'";

    @Test
    void the_agent_makes_the_slot_streams_into_two_repositories_and_each_of_them_recovers_it_all() throws Exception {
        try (Workspace work = new Workspace()) {
            Cluster source = Streaming.stopped(work, Majors.newest(), Variant.S3_ENCRYPTED, "stream-with-hook.conf");
            Path second = work.folder("second");
            source.pgpitr()
                    .variable("PGPITR_REPOSITORY_2_URL", "file://" + second)
                    .variable(Spool.VARIABLE, work.folder("spool").toString())
                    .variable("PGPITR_AGENT_METRICS", "127.0.0.1:0");
            Streaming.begun(source);
            initMakesAndDropsTheSlot(source);
            Moment end;
            try (Streaming agent = Streaming.agent(source, "--create-slot")) {
                source.server()
                        .await("the slot", () -> source.server().query(SLOTS).equals("1"));
                source.backup();
                source.backup("--repository", "file://" + second);
                source.insert("in a whole segment");
                source.archive();
                end = source.insert("in the last pieces");
                Streaming.awaitDurable(source);
                assertThat(Streaming.log(source)).contains("replication slot \"pgpitr\" is made");
                assertThat(source.pgpitr().run("status").expect(ExitCode.OK).out())
                        .contains("streaming, durable up to ");
                assertThat(metrics(Streaming.log(source))).contains("pgpitr_stream_up 1.0", "pgpitr_stream_lag_bytes ");
                assertThat(source.pgpitr().run("list").expect(ExitCode.OK).out())
                        .contains("The stream has brought WAL up to ");
                assertThat(warnings(source)).doesNotContain("the stream is down");
                source.server().kill();
                source.server().await("the warning", () -> warnings(source).contains("the stream is down"));
                agent.kill();
            }
            Cluster recovered = source.recover().expect(end);
            recovered.discard();
            source.recover("--repository", "file://" + second).expect(end);
        }
    }

    private static String warnings(Cluster source) {
        return source.pgpitr().run("status").expect(ExitCode.OK).err();
    }

    private static void initMakesAndDropsTheSlot(Cluster source) {
        assertThat(source.pgpitr()
                        .run("init", "--create-slot")
                        .expect(ExitCode.OK)
                        .out())
                .contains("has its place already in")
                .contains("replication slot \"pgpitr\" is made; the server keeps WAL from ");
        assertThat(source.pgpitr()
                        .run("init", "--create-slot", "--json")
                        .expect(ExitCode.OK)
                        .out())
                .containsPattern("\"slot\" : \\{\\s*\"slot\" : \"pgpitr\",\\s*\"outcome\" : \"already_there\"");
        assertThat(source.pgpitr()
                        .run("init", "--drop-slot")
                        .expect(ExitCode.OK)
                        .out())
                .isEqualTo("replication slot \"pgpitr\" is dropped" + System.lineSeparator());
        assertThat(source.server().query(SLOTS)).isEqualTo("0");
        source.pgpitr().run("init", "--drop-slot", "--upgrade").expect(ExitCode.USAGE);
        assertThat(source.pgpitr()
                        .runWith("PGPITR_STREAM_ENABLED", "false", "agent", "--create-slot")
                        .expect(ExitCode.USAGE)
                        .err())
                .contains("`enabled` in [stream] is false");
    }

    private static String metrics(String log) throws Exception {
        Matcher address = Pattern.compile("http://\\S+/metrics").matcher(log);
        assertThat(address.find()).as(log).isTrue();
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(address.group())).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
