package org.pgpitr.it.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.error.ExitCode;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Moment;
import org.pgpitr.it.kit.Outcome;
import org.pgpitr.it.kit.Repositories;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.service.spool.Spool;
import org.pgpitr.storage.s3.server.Fault;
import org.pgpitr.storage.s3.server.S3Server;

/** The agent receives and archives. */
@Tag("scenario")
class StreamedByAgentTest {
    private static final String SLOTS = "select count(*) from pg_replication_slots where slot_name = 'pgpitr'";

    @Test
    @DisplayName(
            "Class 18, 36: the agent makes the slot and streams into two repositories, of which one refuses and hangs;"
                    + " the server hears of nothing that is not in both, and each of them recovers it all")
    void the_agent_makes_the_slot_streams_into_two_repositories_and_each_of_them_recovers_it_all() throws Exception {
        try (Workspace work = new Workspace();
                S3Server s3 = S3Server.start()) {
            Cluster source = Streaming.stopped(work, Majors.newest(), Variant.DISK_ENCRYPTED, "stream-with-hook.conf");
            Repositories.s3Variables(s3.endpoint().toString(), "ill").forEach(source.pgpitr()::variable);
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
                source.insert("in the last pieces");
                Streaming.awaitDurable(source);
                assertThat(Streaming.log(source)).contains("replication slot \"pgpitr\" is made");
                assertThat(source.pgpitr().run("status").expect(ExitCode.OK).out())
                        .contains("streaming, durable up to ");
                assertThat(metrics(Streaming.log(source))).contains("pgpitr_stream_up 1.0", "pgpitr_stream_lag_bytes ");
                assertThat(source.pgpitr().run("list").expect(ExitCode.OK).out())
                        .contains("The stream has brought WAL up to ");
                assertThat(warnings(source)).doesNotContain("the stream is down");
                whileItIsIll("it refuses", source, s3, Fault.Answer.error(503, "SlowDown", "Please be slower."));
                end = whileItIsIll("it hangs", source, s3, new Fault.StallUpload());
                source.server().kill();
                source.server().await("the warning", () -> warnings(source).contains("the stream is down"));
                agent.kill();
            }
            Cluster recovered = source.restore("--no-archive", "--target-action", "promote");
            source.pgpitr().environment().forEach(recovered.server()::environment);
            recovered.server().start().awaitRecovered();
            recovered.expect(end).discard();
            source.recover("--repository", "file://" + second).expect(end);
        }
    }

    /** Nothing that is written while the store takes nothing is told to be durable; when it is well, all of it is. */
    private static Moment whileItIsIll(String how, Cluster source, S3Server s3, Fault fault) {
        PostgresInstance server = source.server();
        s3.door().forgetRequests();
        s3.door().always(request -> request.method().equals("PUT"), fault);
        source.insert("in a segment that ends while " + how);
        String before = server.query("select pg_current_wal_flush_lsn()");
        String segment = server.query("select pg_walfile_name(pg_switch_wal())");
        Moment end = source.insert("while " + how);
        for (String kind : List.of("/stream/", "/wal/")) {
            server.await(
                    kind + " to be asked for again",
                    () -> s3.door().requests().stream()
                                    .filter(request -> request.method().equals("PUT")
                                            && request.target().contains(kind))
                                    .count()
                            > 1);
        }
        assertThat(server.query("select restart_lsn < '" + before + "' from pg_replication_slots"))
                .as("the server has not heard of %s", before)
                .isEqualTo("t");
        assertThat(source.lastArchived()).isLessThan(segment);
        s3.door().heal();
        Streaming.awaitDurable(source);
        server.await("the archiver, which rests when it has failed", () -> {
            server.query("select pg_reload_conf()");
            return source.lastArchived().compareTo(segment) >= 0;
        });
        return end;
    }

    @Test
    void a_slot_that_lost_its_wal_is_told_with_the_segment_that_is_missing_and_only_the_hook_goes_on()
            throws Exception {
        try (Workspace work = new Workspace()) {
            Cluster source = Streaming.stopped(work, Majors.newest(), Variant.DISK, "stream-with-hook.conf");
            source.pgpitr()
                    .variable(Spool.VARIABLE, work.folder("spool").toString())
                    .variable("PGPITR_AGENT_METRICS", "127.0.0.1:0");
            Streaming.begun(source);
            Streaming.createSlot(source);
            try (Streaming agent = Streaming.agent(source)) {
                source.backup();
                source.insert("received");
                Streaming.awaitDurable(source);
                agent.kill();
            }
            Streaming.loseSlot(source);
            source.archive();
            source.insert("in a segment that only the server has");
            String missing = source.server().query("select pg_walfile_name(pg_current_wal_lsn())");
            try (Streaming agent = Streaming.agent(source)) {
                expectLoss(source, missing);
                source.archive();
                assertThat(source.lastArchived()).as("by the hook").isEqualTo(missing);
                source.insert("behind it");
                String next = source.server().query("select pg_walfile_name(pg_current_wal_lsn())");
                assertThat(next).isGreaterThan(missing);
                expectLoss(source, next);
                assertThat(Streaming.log(source)).doesNotContain("stream: streaming from ");
                assertThat(agent.isRunning()).isTrue();
                agent.stop();
            }
            source.pgpitr().run("stream", "--drop-slot").expect(ExitCode.OK);
            source.server().set("max_slot_wal_keep_size", "-1").reload();
            Streaming.createSlot(source);
            try (Streaming agent = Streaming.agent(source)) {
                Moment end = source.insert("received again");
                Streaming.awaitDurable(source);
                agent.kill();
                source.server().kill();
                source.recover().expect(end);
            }
        }
    }

    /** The agent tells it in its log and of itself, and tries again; what it writes of itself it writes once a second. */
    private static void expectLoss(Cluster source, String missing) {
        String words =
                "PostgreSQL has given up the replication slot \"pgpitr\" (max_slot_wal_keep_size), and WAL from segment "
                        + missing + " on is missing in the repository";
        source.server().await("the log of it", () -> Streaming.log(source).contains("error stream: " + words));
        source.server().await("the status of it", () -> {
            Outcome status = source.pgpitr().run("status", "--json").expect(ExitCode.OK);
            return status.json().get("agent") instanceof Map<?, ?> agent
                    && agent.get("stream") instanceof Map<?, ?> stream
                    && words.equals(stream.get("last_error"))
                    && status.out().contains("the stream is down; what has not been archived is lost with this host");
        });
        assertThat(Streaming.slot(source, "active || ' ' || wal_status")).isEqualTo("false lost");
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
