package org.pgpitr.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.cli.demo.Sql;
import org.pgpitr.error.ExitCode;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Moment;
import org.pgpitr.it.kit.Programs;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.postgres.Lsn;

/**
 * The last commit that a plan includes and the first that it leaves out, against what the recovered server holds, where
 * more happened than one commit behind the other: {@link TargetScenarios} has the plain targets, on each major.
 */
@Tag("scenario")
@ParameterizedClass(name = "PostgreSQL {0}")
@MethodSource("org.pgpitr.it.kit.Majors#oldestAndNewest")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlannedStopTest {
    private static final String OWN = "select txid_current()";

    /** A commit on the source, in the order of the commits. */
    private record Commit(long xid, String label) {}

    @Parameter
    int major;

    private final List<Commit> commits = new ArrayList<>();
    private Workspace work;
    private Cluster source;
    private List<String> backups;
    private long outer;
    private long inner;
    private long prepared;
    private String preparedTime;
    private Moment c;
    private long rolledBack;
    private long rolledBackTo;
    private Moment amid;
    private Moment last;

    @BeforeParameterizedClassInvocation
    void record_what_was_committed() {
        commits.clear();
        work = new Workspace();
        source = Cluster.stopped(work, Programs.of(work, major), Variant.onDisk(major, 0), InitdbOptions.standard());
        source.server().set("max_prepared_transactions", "5").start();
        source.pgpitr().run("init").expect(ExitCode.OK);
        source.prepare();
        insert("before");
        source.backup();
        insert("a");
        within();
        prepared();
        source.restorePoint("twice");
        c = insert("c");
        source.restorePoint("twice");
        insert("d");
        rolledBack();
        insert("e");
        List<Moment> during = new ArrayList<>();
        source.backupWhile(() -> during.add(insert("while a backup was taken")));
        last = insert("last");
        source.archive();
        backups = source.pgpitr().backups();
        Map<?, ?> second = (Map<?, ?>) plan("--target-latest").get("backup");
        Lsn begun = Lsn.parse(second.get("start_lsn").toString());
        Lsn ended = Lsn.parse(second.get("stop_lsn").toString());
        amid = during.stream()
                .filter(moment -> Lsn.parse(moment.lsn()).isAfter(begun)
                        && Lsn.parse(moment.lsn()).isBefore(ended))
                .findFirst()
                .orElseThrow();
    }

    @AfterParameterizedClassInvocation
    void close() {
        work.close();
    }

    private Moment insert(String label) {
        Moment moment = source.insert(label);
        commits.add(new Commit(moment.xid(), label));
        return moment;
    }

    private static long number(Connection connection, String sql) throws SQLException {
        return Long.parseLong(Sql.rows(connection, sql).get(0));
    }

    private static String row(String label) {
        return "insert into t (label) values ('" + label + "')";
    }

    /** A transaction with two subtransactions, of which one is rolled back to its savepoint. */
    private void within() {
        try (Connection connection = source.server().connect()) {
            Sql.execute(connection, "begin", row("outer"), "savepoint gone", row("gone"));
            rolledBackTo = number(connection, "select xmin::text::bigint from t where label = 'gone'");
            Sql.execute(connection, "rollback to gone", "savepoint kept", row("inner"));
            inner = number(connection, "select xmin::text::bigint from t where label = 'inner'");
            outer = number(connection, OWN);
            Sql.execute(connection, "commit");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        commits.add(new Commit(outer, "outer"));
        commits.add(new Commit(outer, "inner"));
    }

    /** A transaction that is prepared, and committed behind another one. */
    private void prepared() {
        try (Connection connection = source.server().connect()) {
            Sql.execute(connection, "begin", row("prepared"));
            prepared = number(connection, OWN);
            Sql.execute(connection, "prepare transaction 'p'");
            insert("b");
            Sql.execute(connection, "commit prepared 'p'");
            preparedTime = Sql.rows(
                            connection,
                            "select to_char(pg_xact_commit_timestamp('" + prepared
                                    + "'::xid) at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00'")
                    .get(0);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        commits.add(new Commit(prepared, "prepared"));
    }

    private void rolledBack() {
        try (Connection connection = source.server().connect()) {
            Sql.execute(connection, "begin", row("rolled back"));
            rolledBack = number(connection, OWN);
            Sql.execute(connection, "rollback");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    Stream<List<String>> targets() {
        return Stream.of(
                List.of("while a backup was taken", "--target-immediate"),
                List.of("b", "--target-time", preparedTime, "--target-exclusive"),
                List.of("inner", "--target-xid", Long.toString(outer)),
                List.of("a", "--target-xid", Long.toString(rolledBackTo)),
                List.of("prepared", "--target-xid", Long.toString(prepared)),
                List.of("b", "--target-xid", Long.toString(prepared), "--target-exclusive"),
                List.of("d", "--target-xid", Long.toString(rolledBack)),
                List.of("prepared", "--target-lsn", c.lsn(), "--target-exclusive"),
                List.of("prepared", "--target-name", "twice"),
                List.of(amid.label(), "--target-xid", Long.toString(amid.xid())));
    }

    @ParameterizedTest
    @MethodSource("targets")
    void what_the_plan_says_is_in_and_out_is_what_the_server_has_and_has_not(List<String> given) {
        String[] options = given.subList(1, given.size()).toArray(String[]::new);
        Map<String, Object> plan = plan(options);

        Cluster recovered = source.recover(options);

        assertThat(lastLabel(recovered, plan)).isEqualTo(given.get(0));
        recovered.discard();
    }

    private Map<String, Object> plan(String... options) {
        List<String> all = new ArrayList<>(List.of("plan", "--json"));
        all.addAll(Arrays.asList(options));
        return source.pgpitr()
                .run(all.toArray(String[]::new))
                .expect(ExitCode.OK)
                .json();
    }

    /**
     * What the last transaction that the plan includes wrote, all of it having been found on the server. Nothing is written
     * there before these questions, so that no transaction left out has its number used again.
     */
    private String lastLabel(Cluster recovered, Map<String, Object> plan) {
        PostgresInstance server = recovered.server();
        long in = xid(plan.get("last_included"));
        assertThat(time(plan.get("last_included")))
                .isEqualTo(Instant.parse(server.query("select to_char(pg_xact_commit_timestamp('" + in
                        + "'::xid) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")));
        List<String> expected = new ArrayList<>();
        int behind = 0;
        for (int i = 0; i < commits.size(); i++) {
            if (commits.get(i).xid() == in) {
                behind = i + 1;
            }
        }
        commits.subList(0, behind).forEach(commit -> expected.add(commit.label()));
        assertThat(recovered.labels()).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(server.query("select coalesce(xid::text, '" + in + "') from pg_last_committed_xact()"))
                .as("the last that was replayed, if any was")
                .isEqualTo(Long.toString(in));
        if (behind == commits.size()) {
            assertThat(plan.get("first_left_out")).isNull();
        } else {
            long out = xid(plan.get("first_left_out"));
            // Where a backup ends, pgpitr commits a transaction of its own.
            if (commits.stream().anyMatch(commit -> commit.xid() == out)) {
                assertThat(out).isEqualTo(commits.get(behind).xid());
            }
            assertThat(server.query("select pg_xact_commit_timestamp('" + out + "'::xid) is null"))
                    .isEqualTo("t");
        }
        return commits.get(behind - 1).label();
    }

    private static Instant time(Object told) {
        return Instant.parse(((Map<?, ?>) told).get("time").toString());
    }

    private static long xid(Object told) {
        return ((Number) ((Map<?, ?>) told).get("xid")).longValue();
    }

    private String refused(String... options) {
        List<String> all = new ArrayList<>(List.of("plan"));
        all.addAll(Arrays.asList(options));
        return source.pgpitr()
                .run(all.toArray(String[]::new))
                .expect(ExitCode.TARGET_UNREACHABLE)
                .err()
                .replaceAll("\\s+", " ");
    }

    @Test
    void a_subtransaction_is_refused_with_the_transaction_to_aim_at() {
        assertThat(refused("--target-xid", Long.toString(inner)))
                .contains("it is a subtransaction of transaction " + outer, "`--target-xid " + outer + "`");
    }

    @Test
    void a_transaction_that_ended_while_the_named_backup_was_taken_is_refused() {
        assertThat(refused("--target-xid", Long.toString(amid.xid()), "--backup", backups.get(1)))
                .contains("can't be reached from backup " + backups.get(1));
    }

    @Test
    void a_time_in_the_future_and_one_behind_the_last_commit_are_refused() {
        assertThat(refused("--target-time", "2999-01-01 00:00:00+00")).contains("lies in the future");
        Instant behind =
                Instant.parse(last.time().replace(' ', 'T').replace("+00", "Z")).plus(1, ChronoUnit.MILLIS);
        assertThat(refused("--target-time", behind.toString()))
                .contains("no commit after your target is archived yet: the last one is transaction " + last.xid());
    }

    @Test
    void the_later_of_two_restore_points_of_one_name_is_told_and_where_the_note_leads() {
        String notes = plan("--target-name", "twice").get("notes").toString();
        assertThat(notes).contains("Another restore point of that name was made later");
        String[] there = notes.replaceAll(".*`(--target-lsn [0-9A-F/]+ --target-exclusive)`.*", "$1")
                .split(" ");
        long in = xid(plan(there).get("last_included"));
        assertThat(in).isEqualTo(c.xid());
    }
}
