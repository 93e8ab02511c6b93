package org.pgpitr.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.error.ExitCode;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Moment;
import org.pgpitr.it.kit.Outcome;
import org.pgpitr.it.kit.Programs;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;

/** Each kind of target, inclusive and exclusive, from one source with two backups. */
@Tag("scenario")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TargetScenarios {
    private Workspace work;
    private Cluster source;
    private Moment a;
    private Moment b;
    private Moment c;
    private Moment d;
    private Moment e;

    abstract Variant variant();

    /** What the servers run; asked for once. A scenario that can't be run here is aborted by an assumption. */
    abstract Programs programs(Workspace workspace);

    /** To be called before the first scenario. */
    void record_the_moments() {
        work = new Workspace();
        source = Cluster.create(work, programs(work), variant(), InitdbOptions.standard());
        source.insert("before");
        source.backup();
        a = source.insert("a");
        source.restorePoint("behind a");
        b = source.insert("b");
        c = source.insert("c");
        source.archive();
        source.backup();
        d = source.insert("d");
        source.restorePoint("behind d");
        e = source.insert("e");
        source.archive();
    }

    /** To be called behind the last scenario. */
    void close() {
        work.close();
    }

    /** Recovers to that moment; the plan says so before, and what the target leaves out. */
    private void recovering(Moment expected, String... options) {
        Map<String, Object> plan = plan(options);
        assertThat(xid(plan.get("last_included"))).isEqualTo(expected.xid());
        if (expected == e) {
            assertThat(plan.get("first_left_out")).isNull();
        } else {
            List<Moment> moments = List.of(a, b, c, d, e);
            assertThat(xid(plan.get("first_left_out")))
                    .isEqualTo(moments.get(moments.indexOf(expected) + 1).xid());
        }
        recoveringTo(expected, options);
    }

    private Map<String, Object> plan(String... options) {
        List<String> command = new ArrayList<>(List.of("plan", "--json"));
        command.addAll(List.of(options));
        return source.pgpitr()
                .run(command.toArray(String[]::new))
                .expect(ExitCode.OK)
                .json();
    }

    private static long xid(Object told) {
        return ((Number) ((Map<?, ?>) told).get("xid")).longValue();
    }

    private void recoveringTo(Moment expected, String... options) {
        Cluster recovered = source.recover(options).expect(expected);
        assertThat(recovered.timeline()).isEqualTo(2);
        recovered.discard();
    }

    @Test
    void to_a_restore_point_of_before_the_newest_backup() {
        Majors.assumeOldestOrNewest(source.programs().major());
        recovering(a, "--target-name", "behind a");
    }

    @Test
    void to_a_restore_point_behind_the_newest_backup() {
        recovering(d, "--target-name", "behind d");
    }

    @Test
    void to_a_restore_point_that_was_never_made_is_refused() {
        Outcome refused = source.pgpitr().run("plan", "--target-name", "never made");

        refused.expect(ExitCode.TARGET_UNREACHABLE);
        assertThat(refused.err()).contains("no restore point of that name");
    }

    @Test
    void to_a_commit_time() {
        recovering(b, "--target-time", b.time());
    }

    @Test
    void to_just_before_a_commit_time() {
        recovering(a, "--target-time", b.time(), "--target-exclusive");
    }

    @Test
    void to_the_end_of_a_transaction() {
        recovering(b, "--target-xid", Long.toString(b.xid()));
    }

    @Test
    void to_just_before_the_end_of_a_transaction() {
        recovering(a, "--target-xid", Long.toString(b.xid()), "--target-exclusive");
    }

    @Test
    void to_a_position() {
        recovering(b, "--target-lsn", b.lsn());
    }

    @Test
    void to_just_before_a_position() {
        recovering(a, "--target-lsn", b.lsn(), "--target-exclusive");
    }

    @Test
    void to_the_end_of_the_backup() {
        recoveringTo(c, "--target-immediate");
    }

    @Test
    void to_the_latest_commit_from_an_older_backup_than_needed() {
        Majors.assumeOldestOrNewest(source.programs().major());
        String oldest = source.pgpitr().backups().get(0);
        recovering(e, "--target-latest", "--backup", oldest);
    }

    @Test
    void to_the_latest_commit_when_nothing_is_said() {
        recovering(e);
    }

    @Test
    void a_recovery_that_pauses_shows_the_moment_and_goes_on_when_told() {
        Majors.assumeOldestOrNewest(source.programs().major());
        Cluster paused = source.restore("--no-archive", "--target-time", a.time(), "--target-action", "pause");
        PostgresInstance server = paused.server().start();
        server.await(
                "the pause",
                () -> server.query("select pg_is_wal_replay_paused()").equals("t"));
        paused.expect(a);
        server.execute("select pg_wal_replay_resume()");
        server.awaitRecovered();
        paused.expect(a).discard();
    }

    @Test
    void a_recovery_that_shuts_down_at_the_target_can_be_carried_on() {
        Majors.assumeOldestOrNewest(source.programs().major());
        Cluster shut = source.restore("--no-archive", "--target-time", a.time(), "--target-action", "shutdown");
        PostgresInstance server = shut.server();
        server.tryStart();
        server.await("the end of the server", () -> !server.isRunning());
        assertThat(server.log()).contains("recovery stopping");
        server.set("recovery_target_action", "promote");
        removeTargetAction(server);
        server.start().awaitRecovered();
        shut.expect(a).discard();
    }

    private static void removeTargetAction(PostgresInstance server) {
        try {
            var file = server.dataDirectory().resolve("postgresql.auto.conf");
            String kept = java.nio.file.Files.readString(file)
                    .lines()
                    .filter(line -> !line.startsWith("recovery_target_action"))
                    .reduce("", (all, line) -> all + line + "\n");
            java.nio.file.Files.writeString(file, kept);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void a_target_before_the_oldest_backup_is_refused_before_a_byte_is_copied() {
        PostgresInstance nowhere = work.instance("refused", source.programs());
        Outcome refused = source.pgpitr()
                .run(
                        "restore",
                        "--target-time",
                        "2001-01-01 00:00:00+00",
                        "--into",
                        nowhere.dataDirectory().toString());
        refused.expect(ExitCode.TARGET_UNREACHABLE);
        assertThat(refused.err()).contains("error: ").contains("hint: ");
        assertThat(nowhere.dataDirectory()).doesNotExist();
    }
}
