package org.pgpitr.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.error.ExitCode;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Moment;
import org.pgpitr.it.kit.Outcome;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;

/** Recovery onto a new timeline, then along it, and back onto the old one. */
@Tag("scenario")
class TimelinesTest {
    @ParameterizedTest(name = "PostgreSQL {0}")
    @MethodSource("org.pgpitr.it.kit.Majors#oldestAndNewest")
    void a_recovered_cluster_is_recovered_along_its_new_timeline_and_back_on_the_old(int major) {
        try (Workspace work = new Workspace()) {
            Cluster source = Cluster.create(work, major, Variant.onDisk(major, 1), InitdbOptions.standard());
            source.backup();
            Moment a = source.insert("a");
            source.restorePoint("fork");
            Moment old = source.insert("only on timeline 1");
            source.archive();

            Cluster second = source.recoverAndArchive("--target-name", "fork").expect(a);
            assertThat(second.timeline()).isEqualTo(2);
            Moment b = second.insert("b");
            second.restorePoint("on timeline 2");
            second.insert("c");
            second.archive();

            // The old primary goes on as if nothing had happened: both timelines grow in one repository.
            Moment later = source.insert("later on timeline 1");
            source.restorePoint("later there");
            source.archive();
            Outcome elsewhere = source.pgpitr().run("plan", "--target-name", "later there");
            assertThat(elsewhere.expect(ExitCode.TARGET_UNREACHABLE).err().replaceAll("\\s+", " "))
                    .contains("on timeline 1 it can be reached, with `--target-timeline 1`");

            Cluster third =
                    source.recoverAndArchive("--target-name", "on timeline 2").expect(b);
            assertThat(third.timeline()).isEqualTo(3);
            assertThat(third.labels()).containsExactly("a", "b");
            third.discard();

            source.recover("--target-timeline", "1").expect(later).discard();
            source.recover("--target-timeline", "current", "--target-time", old.time())
                    .expect(old)
                    .discard();

            // A backup on the new timeline is the nearest one for what follows it.
            second.backup();
            Moment d = second.insert("d");
            second.archive();
            source.recover("--target-timeline", "2").expect(d).discard();
            source.pgpitr().run("verify").expect(ExitCode.OK);
        }
    }

    @Test
    void a_damaged_history_keeps_its_timeline_from_being_followed_and_every_recovery_from_ending() throws IOException {
        try (Workspace work = new Workspace()) {
            Cluster source = Cluster.create(work, Majors.newest(), Variant.DISK, InitdbOptions.standard());
            source.backup();
            Moment a = source.insert("a");
            source.archive();
            Cluster second = source.recoverAndArchive();
            second.insert("b");
            second.archive();
            Path history = source.repositoryFolder().resolve("main/1/history/00000002.history.zst");
            byte[] damaged = Files.readAllBytes(history);
            damaged[damaged.length / 2] ^= 1;
            Files.write(history, damaged);

            Outcome newest = source.pgpitr().run("plan").expect(ExitCode.TARGET_UNREACHABLE);
            assertThat(newest.err()).contains("00000002.history can't be read");
            Outcome first = source.pgpitr()
                    .run("plan", "--full", "--target-timeline", "1")
                    .expect(ExitCode.OK);
            assertThat(first.out())
                    .contains("00000002.history can't be read", "Content       read: ")
                    .doesNotContain("Damaged");

            PostgresInstance server = source.restore(
                            "--no-archive", "--target-timeline", "1", "--target-xid", Long.toString(a.xid()))
                    .server()
                    .start();
            server.await(
                    "the pause",
                    () -> server.query("select pg_is_wal_replay_paused()").equals("t"));
            assertThat(server.rows("select label from t")).containsExactly("a");
            server.execute("select pg_wal_replay_resume()");
            server.await("the end of the server", () -> !server.isRunning());
            assertThat(server.log()).contains("could not restore file \"00000002.history\"");
        }
    }
}
