package org.pgpitr.it.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgpitr.error.ExitCode;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Moment;
import org.pgpitr.it.kit.Outcome;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.service.spool.Spool;

/** A server that does not archive: the stream alone brings its WAL. */
@Tag("scenario")
class StreamAloneTest {
    private static final Pattern DURABLE = Pattern.compile("\"durable_lsn\"\\s*:\\s*\"([0-9A-F/]+)\"");

    @ParameterizedTest(name = "PostgreSQL {0}")
    @MethodSource("org.pgpitr.it.kit.Majors#oldestAndNewest")
    void a_backup_and_a_recovery_to_the_last_commit_with_archive_mode_off(int major) throws Exception {
        try (Workspace work = new Workspace()) {
            Cluster source = Streaming.cluster(work, major, Variant.onDisk(major, 3), "stream-alone.conf");
            source.pgpitr().variable(Spool.VARIABLE, work.folder("spool").toString());
            Streaming.createSlot(source);
            Moment end;
            try (Streaming stream = Streaming.begin(source)) {
                source.backup();
                source.server().query("select pg_switch_wal()");
                source.insert("in a whole segment");
                source.server().query("select pg_switch_wal()");
                end = source.insert("in the last pieces");
                Streaming.awaitDurable(source);
                source.server().set("fsync", "on").reload();
                source.server()
                        .await(
                                "fsync",
                                () -> source.server().query("show fsync").equals("on"));
                expectStatus(source);
                Outcome check = source.pgpitr().run("check").expect(ExitCode.OK);
                assertThat(check.out())
                        .contains("WAL comes by the stream alone")
                        .contains("a receiver is connected to replication slot \"pgpitr\"");
                end = source.insert("behind the last switch");
                Streaming.awaitDurable(source);
                stream.kill();
            }
            Outcome killed = source.pgpitr().run("status").expect(ExitCode.OK);
            assertThat(killed.out()).contains(" is gone, last heard of at ").doesNotContain("durable up to");
            assertThat(killed.err()).contains("is gone without having been stopped", "(hint: start it again; ");
            if (major == Majors.newest()) {
                try (Streaming again = Streaming.begin(source)) {
                    Streaming.awaitDurable(source);
                    expectStatus(source);
                    again.stop();
                }
                Outcome stopped = source.pgpitr().run("status").expect(ExitCode.OK);
                assertThat(stopped.out()).doesNotContain("slot pgpitr");
                assertThat(stopped.err()).doesNotContain("pgpitr stream");
            }
            source.server().kill();
            Outcome plan = source.pgpitr().run("plan", "--full").expect(ExitCode.OK);
            assertThat(plan.out()).contains("streamed", "Content       read: ").doesNotContain("Damaged");
            source.recover().expect(end);
        }
    }

    /** It is written once a second. */
    private static void expectStatus(Cluster source) {
        String written = source.server().query("select pg_current_wal_flush_lsn()");
        source.server().await("the status to tell of " + written, () -> {
            Matcher told = DURABLE.matcher(
                    source.pgpitr().run("status", "--json").expect(ExitCode.OK).out());
            return told.find()
                    && source.server()
                            .query("select '" + told.group(1) + "'::pg_lsn >= '" + written + "'")
                            .equals("t");
        });
        assertThat(source.pgpitr().run("status").expect(ExitCode.OK).out())
                .contains("none is running", "slot pgpitr", "streaming, durable up to ", " on timeline 1");
    }
}
