package org.pgpitr.it.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgpitr.error.ExitCode;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Moment;
import org.pgpitr.it.kit.Outcome;
import org.pgpitr.it.kit.TestDistribution;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;

/** A stream that is broken off and goes on: exactly where the repository ends, or not at all. */
@Tag("scenario")
class ResumedStreamTest {
    @Test
    void both_ends_are_killed_and_resumed_and_the_recovery_has_it_all() throws Exception {
        try (Workspace work = new Workspace()) {
            Cluster source = Streaming.cluster(work, Majors.newest(), Variant.DISK, "stream-alone.conf");
            Streaming.createSlot(source);
            try (Streaming stream = Streaming.begin(source)) {
                source.backup();
                source.insert("a");
                Streaming.awaitDurable(source);
                stream.kill();
            }
            source.insert("while nobody received");
            source.server().kill();
            source.server().start();
            source.insert("after the crash");
            source.server().query("select pg_switch_wal()");
            Moment end = source.insert("in another segment");
            try (Streaming stream = Streaming.begin(source)) {
                Streaming.awaitDurable(source);
                assertThat(stream.stop())
                        .as("the signal's status, which is none of a failure to the unit that began it")
                        .isEqualTo(Integer.parseInt(
                                TestDistribution.unit("pgpitr-stream.service").get("SuccessExitStatus")));
            }
            assertThat(Streaming.log(source)).doesNotContain("error:");
            source.server().kill();
            source.recover().expect(end);
        }
    }

    @Test
    void beside_archive_command_both_bring_the_same_and_the_pieces_of_whole_segments_go() throws Exception {
        try (Workspace work = new Workspace()) {
            Cluster source = Streaming.cluster(work, Majors.newest(), Variant.DISK, "stream-with-hook.conf");
            Streaming.createSlot(source);
            try (Streaming stream = Streaming.begin(source)) {
                source.backup();
                for (int i = 0; i < 3; i++) {
                    source.insert("row " + i);
                    Streaming.awaitDurable(source);
                    source.archive();
                }
                assertThat(source.server().query("select failed_count from pg_stat_archiver"))
                        .isEqualTo("0");
                Moment end = source.insert("end");
                Streaming.awaitDurable(source);
                assertThat(stream.isRunning()).isTrue();
                assertThat(Streaming.log(source)).doesNotContain("trying again");
                source.server().await("the pieces of whole segments to go", () -> Streaming.pieces(source) <= 3);
                stream.kill();
                // Class 28: a dead stream is found out, although archiving and backups are well
                source.server()
                        .await(
                                "the server to notice",
                                () -> source.server()
                                        .query("select active from pg_replication_slots")
                                        .equals("f"));
                Outcome check = source.pgpitr().run("check").expect(ExitCode.CHECK_FAILED);
                assertThat(check.out()).contains("nobody receives from replication slot \"pgpitr\"");
                assertThat(source.backup().err()).contains("nobody receives from replication slot \"pgpitr\"");
                source.server().kill();
                Map<String, Object> plan = source.pgpitr()
                        .run(
                                "plan",
                                "--json",
                                "--target-latest",
                                "--backup",
                                source.pgpitr().backups().get(0))
                        .expect(ExitCode.OK)
                        .json();
                assertThat(((Map<?, ?>) plan.get("last_included")).get("xid")).hasToString("" + end.xid());
                source.recover().expect(end);
            }
        }
    }

    @Test
    void a_slot_that_lost_its_wal_is_an_error_that_names_the_segment_until_the_user_accepts_the_gap() throws Exception {
        try (Workspace work = new Workspace()) {
            Cluster source = Streaming.cluster(work, Majors.newest(), Variant.DISK, "stream-alone.conf");
            Streaming.createSlot(source);
            try (Streaming stream = Streaming.begin(source)) {
                source.backup();
                Streaming.awaitDurable(source);
                stream.kill();
            }
            String missing = source.server().query("select pg_walfile_name(pg_current_wal_lsn())");
            Streaming.loseSlot(source);

            Outcome lost = source.pgpitr().run("stream").expect(ExitCode.CHECK_FAILED);
            assertThat(lost.err()).contains(missing).contains("is missing in the repository");

            source.pgpitr().run("stream", "--drop-slot").expect(ExitCode.OK);
            Outcome none = source.pgpitr().run("stream").expect(ExitCode.USAGE);
            assertThat(none.err()).contains("no replication slot \"pgpitr\"").contains("--create-slot");
            Streaming.createSlot(source);
            Outcome gone = source.pgpitr().run("stream").expect(ExitCode.CHECK_FAILED);
            assertThat(gone.err()).contains("no longer has the WAL").contains(missing);

            try (Streaming stream = Streaming.begin(source, "--accept-gap")) {
                source.backup();
                Moment end = source.insert("behind the gap");
                Streaming.awaitDurable(source);
                stream.kill();
                source.server().kill();
                source.recover().expect(end);
            }
        }
    }
}
