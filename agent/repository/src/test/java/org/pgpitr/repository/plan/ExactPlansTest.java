package org.pgpitr.repository.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTarget.Bound;
import org.pgpitr.postgres.RestorePoint;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.wal.TransactionEnd;

/** Plans with what the WAL itself tells, restore points among it. */
class ExactPlansTest extends PlannerCases {
    // a restore point

    private static final RecoveryTarget BEFORE = new RecoveryTarget.Name("before");

    /** Knows where the restore points called "before" are, and that nothing else stops a recovery. */
    private static StopSearch points(String... lsns) {
        return (target, replay) -> Stream.of(lsns)
                .map(Lsn::parse)
                .filter(lsn -> lsn.isAfter(replay.from()) && !lsn.isAfter(replay.to()))
                .findFirst()
                .<StopSearch.Result>map(lsn -> new StopSearch.Stops(new RecoveryStop(
                        lsn,
                        lsn,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(new RestorePoint("before", lsn, Instant.parse(MONDAY))),
                        Optional.empty())))
                .orElseGet(() -> new StopSearch.NeverStops(Optional.empty()));
    }

    private static RecoveryDecision toRestorePoint(FactsBuilder facts, StopSearch search) {
        return RecoveryPlanner.decide(facts.build(), new RecoveryRequest(BEFORE, latest(), Optional.empty()), search);
    }

    private static String refusal(FactsBuilder facts, StopSearch search) {
        assertThat(toRestorePoint(facts, search)).isInstanceOf(Unreachable.class);
        return ((Unreachable) toRestorePoint(facts, search)).reason();
    }

    @Test
    void a_restore_point_behind_the_newest_backup_is_reached_from_it_with_the_wal_up_to_there() {
        RecoveryPlan plan = toRestorePoint(plain(), points("0/700100")).orElseThrow();

        assertThat(plan.backup().id()).isEqualTo(id(TUESDAY));
        assertThat(wal(plan)).isEqualTo("1:5-7");
        assertThat(plan.notes()).containsExactly("The restore point was made at " + MONDAY + ", at 0/700100.");
    }

    @Test
    void a_restore_point_before_the_newest_backup_is_reached_from_an_older_one() {
        RecoveryPlan plan = toRestorePoint(plain(), points("0/400100")).orElseThrow();

        assertThat(plan.backup().id()).isEqualTo(id(MONDAY));
        assertThat(wal(plan)).isEqualTo("1:2-4");
        assertThat(plan.passedOver())
                .containsExactly(new PassedOver(
                        id(TUESDAY), "no restore point of that name is in the WAL from 0/500028 to 0/A00000"));
    }

    @Test
    void a_restore_point_made_while_a_backup_was_taken_is_reached_from_the_one_before() {
        RecoveryPlan plan = toRestorePoint(plain(), points("0/580000")).orElseThrow();

        assertThat(plan.backup().id()).isEqualTo(id(MONDAY));
        assertThat(plan.passedOver())
                .extracting(PassedOver::reason)
                .containsExactly("the restore point, at 0/580000, lies before its end at 0/600100");
    }

    @Test
    void of_two_restore_points_of_the_same_name_the_one_that_the_newest_backup_meets_is_taken() {
        assertThat(wal(toRestorePoint(plain(), points("0/400100", "0/700100")).orElseThrow()))
                .isEqualTo("1:5-7");
    }

    @Test
    void a_restore_point_before_a_hole_is_reached_and_one_that_is_not_found_before_it_is_refused() {
        FactsBuilder facts = plain().wal(1, 11, 12);

        assertThat(wal(toRestorePoint(facts, points("0/800100")).orElseThrow())).isEqualTo("1:5-8");
        assertThat(refusal(facts, points()))
                .isEqualTo("restore point \"before\" can't be reached: no restore point of that name is in the WAL from"
                        + " 0/500028 to 0/A00000; WAL segment 00000001000000000000000A is not in the archive, although"
                        + " later WAL is");
    }

    @Test
    void a_restore_point_that_is_nowhere_is_refused() {
        assertThat(refusal(plain(), points()))
                .isEqualTo("restore point \"before\" can't be reached: no restore point of that name is in the WAL from"
                        + " 0/500028 to 0/A00000");
    }

    @Test
    void no_restore_point_is_reached_beyond_broken_wal() {
        assertThat(refusal(plain(), (target, replay) -> new StopSearch.Broken("the broken WAL at 0/700000")))
                .isEqualTo("restore point \"before\" can't be reached: no restore point of that name comes before the"
                        + " broken WAL at 0/700000");
    }

    @Test
    void where_wal_can_not_be_read_the_newest_backup_is_tried_and_that_is_said() {
        RecoveryPlan plan = plan(plain(), BEFORE);

        assertThat(plan.backup().id()).isEqualTo(id(TUESDAY));
        assertThat(plan.notes()).singleElement().asString().startsWith("Where the restore point lies is not known");
        assertThat(planFrom(MONDAY, plain(), BEFORE).backup().id()).isEqualTo(id(MONDAY));
    }

    @Test
    void with_a_hole_in_wal_that_can_not_be_read_only_a_backup_that_is_named_is_tried() {
        FactsBuilder facts = plain().wal(1, 11, 12);

        assertThat(refusal(facts, BEFORE).reason()).contains("with `--backup`");
        assertThat(wal(planFrom(TUESDAY, facts, BEFORE))).isEqualTo("1:5-9");
    }

    // what the WAL itself tells

    private static TransactionEnd commit(long xid, String time, String lsn) {
        Lsn start = Lsn.parse(lsn);
        return new TransactionEnd(TransactionEnd.Outcome.COMMITTED, xid, Instant.parse(time), start, start.plus(34));
    }

    private static StopSearch stopsBefore(TransactionEnd end) {
        return (target, replay) -> new StopSearch.Stops(new RecoveryStop(
                end.start(),
                end.end(),
                Optional.empty(),
                Optional.of(end),
                Optional.of(end),
                Optional.empty(),
                Optional.empty()));
    }

    private static RecoveryDecision decide(RecoveryTarget target, StopSearch search) {
        return RecoveryPlanner.decide(plain().build(), new RecoveryRequest(target, latest(), Optional.empty()), search);
    }

    @Test
    void a_time_takes_the_wal_up_to_the_first_later_commit() {
        TransactionEnd next = commit(800, "2026-11-25T12:00:00Z", "0/7000F0");
        RecoveryPlan plan =
                decide(time("2026-11-25T11:00:00Z"), stopsBefore(next)).orElseThrow();

        assertThat(wal(plan)).isEqualTo("1:5-7");
        assertThat(plan.stop().orElseThrow().firstLeftOut()).hasValue(next);
        assertThat(plan.notes()).isEmpty();
    }

    @Test
    void a_time_behind_the_last_commit_is_refused_instead_of_a_server_that_dies_at_the_end() {
        TransactionEnd last = commit(799, "2026-11-25T10:00:00Z", "0/7000F0");
        RecoveryDecision decision =
                decide(time("2026-11-25T11:00:00Z"), (target, replay) -> new StopSearch.NeverStops(Optional.of(last)));

        assertThat(((Unreachable) decision).reason())
                .isEqualTo("time 2026-11-25T11:00:00Z can't be reached: no commit after your target is archived yet:"
                        + " the last one is transaction 799 at 2026-11-25T10:00:00Z, at 0/7000F0");
        assertThat(((Unreachable) decision).exception().hint().orElseThrow()).contains("`--target-latest");
    }

    @Test
    void a_commit_with_a_later_time_before_the_backup_is_whole_makes_the_backup_useless_for_a_time() {
        // The clock was set back while the backup was taken.
        TransactionEnd early = commit(700, "2026-11-25T12:00:00Z", "0/5000F0");
        RecoveryDecision decision = decide(
                time("2026-11-25T11:00:00Z"),
                (target, replay) -> replay.from().isBefore(Lsn.parse("0/500000"))
                        ? new StopSearch.NeverStops(Optional.empty())
                        : stopsBefore(early).find(target, replay));

        assertThat(((Unreachable) decision).passedOver())
                .extracting(PassedOver::reason)
                .contains("the first commit behind the target, at 0/5000F0, lies before its end at 0/600100");
    }

    @Test
    void a_transaction_that_ended_while_the_backup_was_taken_is_reached_from_the_one_before() {
        TransactionEnd end = commit(1500, "2026-11-24T12:00:00Z", "0/5000F0");
        RecoveryPlan plan = decide(new RecoveryTarget.Xid(1500, Bound.EXCLUSIVE), stopsBefore(end))
                .orElseThrow();

        assertThat(plan.backup().id()).isEqualTo(id(MONDAY));
    }

    @Test
    void a_transaction_that_was_rolled_back_is_told() {
        TransactionEnd end = new TransactionEnd(
                TransactionEnd.Outcome.ABORTED,
                9000,
                Instant.parse("2026-11-25T12:00:00Z"),
                Lsn.parse("0/7000F0"),
                Lsn.parse("0/700110"));
        RecoveryPlan plan = decide(new RecoveryTarget.Xid(9000, Bound.INCLUSIVE), stopsBefore(end))
                .orElseThrow();

        assertThat(plan.notes()).containsExactly("Transaction 9000 was rolled back, at 2026-11-25T12:00:00Z.");
    }

    @Test
    void a_position_behind_the_last_record_is_refused() {
        RecoveryDecision decision = decide(
                new RecoveryTarget.AtLsn(Lsn.parse("0/9FFF00"), Bound.INCLUSIVE),
                (target, replay) -> new StopSearch.NeverStops(Optional.empty()));

        assertThat(((Unreachable) decision).reason())
                .contains("no record that begins there or later is in the WAL from 0/500028 to 0/A00000");
    }

    @Test
    void the_end_of_the_wal_is_refused_where_the_recovery_would_end_at_broken_wal_before_it() {
        RecoveryDecision decision = decide(
                new RecoveryTarget.EndOfWal(), (target, replay) -> new StopSearch.Broken("the broken WAL at 0/9000A0"));

        assertThat(((Unreachable) decision).reason())
                .contains("the recovery would end at the broken WAL at 0/9000A0, as if nothing were missing");
    }

    @Test
    void a_subtransaction_is_refused_with_the_transaction_to_aim_at_instead() {
        RecoveryDecision decision = decide(
                new RecoveryTarget.Xid(9001, Bound.INCLUSIVE),
                (target, replay) -> new StopSearch.NeverStops(Optional.empty(), OptionalLong.of(9000)));

        assertThat(((Unreachable) decision).reason())
                .endsWith(
                        "can't be reached: it is a subtransaction of transaction 9000, and PostgreSQL stops where a whole"
                                + " transaction ends: use `--target-xid 9000`");
    }

    @Test
    void a_later_restore_point_of_the_same_name_is_told_with_the_way_to_it() {
        Lsn first = Lsn.parse("0/700100");
        RestorePoint later = new RestorePoint("before", Lsn.parse("0/800100"), Instant.parse(WEDNESDAY));
        RecoveryPlan plan = toRestorePoint(
                        plain(),
                        (target, replay) -> new StopSearch.Stops(new RecoveryStop(
                                first,
                                first,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(new RestorePoint("before", first, Instant.parse(TUESDAY))),
                                Optional.of(later))))
                .orElseThrow();

        assertThat(plan.notes())
                .contains("Another restore point of that name was made later, at " + WEDNESDAY
                        + ": PostgreSQL stops at the first that it meets. `--target-lsn 0/800100 --target-exclusive`"
                        + " leads to the later one.");
    }

    @Test
    void what_lies_on_another_timeline_is_refused_with_that_timeline_named() {
        FactsBuilder forked =
                plain().history(2, "1\t0/780000\tno recovery target specified").wal(2, 7, 9);
        TransactionEnd left = commit(9000, "2026-11-25T12:00:00Z", "0/8000F0");
        StopSearch onTheOld = (target, replay) ->
                replay.wal().stream().allMatch(range -> range.timeline().equals(TimelineId.FIRST))
                        ? stopsBefore(left).find(target, replay)
                        : new StopSearch.NeverStops(Optional.empty());

        RecoveryDecision decision = RecoveryPlanner.decide(
                forked.build(),
                new RecoveryRequest(new RecoveryTarget.Xid(9000, Bound.INCLUSIVE), latest(), Optional.empty()),
                onTheOld);

        assertThat(((Unreachable) decision).reason())
                .endsWith("; on timeline 1 it can be reached, with `--target-timeline 1`");
    }
}
