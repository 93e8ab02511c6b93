package org.pgpitr.repository.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTarget.Bound;
import org.pgpitr.postgres.RecoveryTargetTimeline;
import org.pgpitr.postgres.RestorePoint;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.wal.TransactionEnd;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.DamagedPage;

class RecoveryPlannerTest {
    private static final RecoveryTarget END = new RecoveryTarget.EndOfWal();
    private static final RecoveryTarget IMMEDIATE = new RecoveryTarget.Immediate();
    private static final String MONDAY = "2026-11-23T00:00:00Z";
    private static final String TUESDAY = "2026-11-24T00:00:00Z";
    private static final String WEDNESDAY = "2026-11-25T00:00:00Z";

    /** Two backups on timeline 1, all WAL there. */
    private static FactsBuilder plain() {
        return new FactsBuilder()
                .backup(MONDAY, 1, "0/200028", "0/200100", 1000, 1010)
                .backup(TUESDAY, 1, "0/500028", "0/600100", 2000, 2010)
                .wal(1, 2, 9);
    }

    private static RecoveryTarget lsn(String lsn) {
        return new RecoveryTarget.AtLsn(Lsn.parse(lsn), Bound.INCLUSIVE);
    }

    private static RecoveryTarget time(String time) {
        return new RecoveryTarget.Time(Instant.parse(time), Bound.INCLUSIVE);
    }

    private static RecoveryTarget xid(long xid) {
        return new RecoveryTarget.Xid(xid, Bound.INCLUSIVE);
    }

    private static RecoveryTargetTimeline latest() {
        return new RecoveryTargetTimeline.Latest();
    }

    private static RecoveryTargetTimeline current() {
        return new RecoveryTargetTimeline.Current();
    }

    private static RecoveryTargetTimeline timeline(int timeline) {
        return new RecoveryTargetTimeline.Numbered(new TimelineId(timeline));
    }

    private static BackupId id(String started) {
        return BackupId.at(Instant.parse(started));
    }

    private static RecoveryDecision decide(FactsBuilder facts, RecoveryTarget target, RecoveryTargetTimeline timeline) {
        return RecoveryPlanner.decide(facts.build(), new RecoveryRequest(target, timeline, Optional.empty()));
    }

    private static RecoveryPlan plan(FactsBuilder facts, RecoveryTarget target) {
        return plan(facts, target, latest());
    }

    private static RecoveryPlan plan(FactsBuilder facts, RecoveryTarget target, RecoveryTargetTimeline timeline) {
        return decide(facts, target, timeline).orElseThrow();
    }

    private static RecoveryPlan planFrom(String backup, FactsBuilder facts, RecoveryTarget target) {
        return RecoveryPlanner.plan(facts.build(), new RecoveryRequest(target, latest(), Optional.of(id(backup))));
    }

    private static Unreachable refusal(FactsBuilder facts, RecoveryTarget target) {
        return refusal(facts, target, latest());
    }

    private static Unreachable refusal(FactsBuilder facts, RecoveryTarget target, RecoveryTargetTimeline timeline) {
        RecoveryDecision decision = decide(facts, target, timeline);
        assertThat(decision).isInstanceOf(Unreachable.class);
        return (Unreachable) decision;
    }

    private static String wal(RecoveryPlan plan) {
        return plan.wal().stream()
                .map(r -> r.timeline() + ":" + r.first().number(FactsBuilder.SIZE) + "-"
                        + r.last().number(FactsBuilder.SIZE)
                        + switch (r.form()) {
                            case WHOLE -> "";
                            case PARTIAL -> "p";
                            case STREAMED -> "s";
                        })
                .collect(Collectors.joining(" "));
    }

    // the end of the WAL

    @Test
    void the_end_of_the_wal_is_reached_from_the_newest_backup() {
        RecoveryPlan plan = plan(plain(), END);

        assertThat(plan.backup().id()).isEqualTo(id(TUESDAY));
        assertThat(wal(plan)).isEqualTo("1:5-9");
        assertThat(plan.path().timeline()).isEqualTo(TimelineId.FIRST);
        assertThat(plan.backupBytes()).isEqualTo(5_000);
        assertThat(plan.walBytes()).isEqualTo(500);
        assertThat(plan.passedOver()).isEmpty();
        assertThat(plan.notes()).isEmpty();
    }

    @Test
    void a_backup_on_a_timeline_whose_history_is_not_archived_is_recovered_along_that_timeline_alone() {
        RecoveryPlan plan =
                plan(plain().backup(WEDNESDAY, 2, "0/A00028", "0/A00100").wal(2, 10, 11), END);

        assertThat(plan.backup().id()).isEqualTo(id(WEDNESDAY));
        assertThat(wal(plan)).isEqualTo("2:10-11");
        assertThat(plan.path()).isEqualTo(TimelineHistory.root(new TimelineId(2)));
        assertThat(plan.notes())
                .containsExactly(
                        "The history of timeline 2 is not in the archive: the recovery stays on the backup's own"
                                + " timeline.");
    }

    @Test
    void a_hole_before_later_wal_is_refused_instead_of_ending_there() {
        FactsBuilder facts = plain().wal(1, 11, 12);

        Unreachable refusal = refusal(facts, END);
        assertThat(refusal.reason())
                .isEqualTo("the end of the archived WAL can't be reached: WAL segment 00000001000000000000000A is not"
                        + " in the archive, although later WAL is");
        assertThat(refusal.reachable())
                .containsExactly(new ReachableRange(
                        TimelineId.FIRST,
                        id(MONDAY),
                        Lsn.parse("0/200100"),
                        Instant.parse("2026-11-23T00:01:00Z"),
                        Lsn.parse("0/A00000"),
                        ReachableRange.Ending.HOLE,
                        Lsn.parse("0/900000")));
        assertThat(refusal.passedOver()).extracting(PassedOver::id).containsExactly(id(TUESDAY), id(MONDAY));
    }

    @Test
    void a_refusal_reaches_the_user_with_the_nearest_moments_and_how_to_ask_for_them() {
        assertThatExceptionOfType(PgpitrException.class)
                .isThrownBy(() -> plan(plain().wal(1, 11, 12), END))
                .satisfies(e -> assertThat(e.exitCode()).isEqualTo(ExitCode.TARGET_UNREACHABLE))
                .satisfies(e -> assertThat(e.hint())
                        .contains("reachable is timeline 1 from the end of backup 20261123T000000Z at 0/200100,"
                                + " 2026-11-23T00:01:00Z (`--target-immediate --backup 20261123T000000Z`), to the hole"
                                + " in the WAL at 0/A00000 (`--target-lsn 0/900000 --target-timeline 1`)"));
    }

    @Test
    void the_nearest_moment_before_a_hole_is_itself_reachable() {
        FactsBuilder facts = plain().wal(1, 11, 12);
        ReachableRange range = refusal(facts, END).reachable().get(0);

        assertThat(wal(plan(facts, new RecoveryTarget.AtLsn(range.lastTarget(), Bound.INCLUSIVE))))
                .isEqualTo("1:5-9");
    }

    @Test
    void a_backup_behind_the_hole_is_not_touched_by_it() {
        FactsBuilder facts = plain().wal(1, 11, 14).backup(WEDNESDAY, 1, "0/B00028", "0/B00100");

        assertThat(wal(plan(facts, END))).isEqualTo("1:11-14");
    }

    @Test
    void a_backup_whose_own_wal_is_missing_is_passed_over() {
        FactsBuilder facts = new FactsBuilder()
                .backup(MONDAY, 1, "0/200028", "0/200100")
                .backup(TUESDAY, 1, "0/500028", "0/600100")
                .wal(1, 2, 5);

        RecoveryPlan plan = plan(facts, END);
        assertThat(plan.backup().id()).isEqualTo(id(MONDAY));
        assertThat(plan.passedOver())
                .containsExactly(new PassedOver(
                        id(TUESDAY),
                        "WAL segment 000000010000000000000006, which it needs to become consistent, is not in the"
                                + " archive"));
    }

    @Test
    void a_backup_that_ends_on_a_segment_boundary_needs_no_segment_behind_it() {
        FactsBuilder facts =
                new FactsBuilder().backup(MONDAY, 1, "0/200028", "0/400000").wal(1, 2, 3);

        assertThat(wal(plan(facts, IMMEDIATE))).isEqualTo("1:2-3");
    }

    @Test
    void an_unreadable_newer_backup_is_named_among_those_passed_over() {
        RecoveryPlan plan = plan(plain().unreadable(WEDNESDAY, "its manifest is damaged"), END);

        assertThat(plan.passedOver()).containsExactly(new PassedOver(id(WEDNESDAY), "its manifest is damaged"));
        assertThat(plan(plain().unreadable("2026-11-01T00:00:00Z", "damaged"), END)
                        .passedOver())
                .isEmpty();
    }

    @Test
    void damaged_pages_are_told() {
        FactsBuilder facts = plain().backup(FactsBuilder.summary(
                WEDNESDAY, 1, "0/800028", "0/800100", 1, 1, List.of(new DamagedPage("base/1/1259", 3))));

        assertThat(plan(facts, END).notes()).containsExactly("The backup has 1 damaged page.");
    }

    @Test
    void without_any_backup_the_hint_is_to_take_one() {
        Unreachable refusal = refusal(new FactsBuilder().wal(1, 1, 9), END);

        assertThat(refusal.reason()).isEqualTo("there is no backup");
        assertThat(refusal.exception().hint())
                .contains("nothing can be recovered here; take a backup with `pgpitr backup`");
    }

    // a backup that was asked for

    @Test
    void the_backup_asked_for_is_the_one_taken() {
        assertThat(wal(planFrom(MONDAY, plain(), END))).isEqualTo("1:2-9");
    }

    @Test
    void the_backup_asked_for_says_precisely_why_it_does_not_serve() {
        assertThatExceptionOfType(PgpitrException.class)
                .isThrownBy(() -> planFrom(TUESDAY, plain(), lsn("0/300000")))
                .withMessage("LSN 0/300000 can't be reached from backup 20261124T000000Z: it ends at 0/600100, after"
                        + " the target");
        assertThatExceptionOfType(PgpitrException.class)
                .isThrownBy(() -> planFrom(WEDNESDAY, plain(), END))
                .withMessage("there is no backup 20261125T000000Z");
        assertThatExceptionOfType(PgpitrException.class)
                .isThrownBy(() -> planFrom(WEDNESDAY, plain().unreadable(WEDNESDAY, "its manifest is damaged"), END))
                .withMessage("backup 20261125T000000Z can't be used: its manifest is damaged");
    }

    // immediate

    @Test
    void immediate_is_the_end_of_the_newest_backup() {
        RecoveryPlan plan = plan(plain(), IMMEDIATE);

        assertThat(plan.backup().id()).isEqualTo(id(TUESDAY));
        assertThat(wal(plan)).isEqualTo("1:5-6");
        assertThat(wal(planFrom(MONDAY, plain(), IMMEDIATE))).isEqualTo("1:2-2");
    }

    @Test
    void immediate_does_not_mind_a_hole_behind_the_backup() {
        assertThat(wal(plan(plain().wal(1, 11, 12), IMMEDIATE))).isEqualTo("1:5-6");
    }

    @Test
    void immediate_takes_the_newest_backup_even_if_a_newer_timeline_comes_from_an_older_one() {
        FactsBuilder facts = new FactsBuilder()
                .backup(MONDAY, 1, "0/200028", "0/200100")
                .backup(TUESDAY, 2, "0/500028", "0/500100")
                .history(2, "1 0/380000 r")
                .history(3, "1 0/400000 r")
                .wal(1, 2, 4)
                .wal(2, 3, 6)
                .wal(3, 4, 6);

        RecoveryPlan plan = plan(facts, IMMEDIATE);
        assertThat(plan.backup().id()).isEqualTo(id(TUESDAY));
        assertThat(plan.path().timeline()).isEqualTo(new TimelineId(2));
    }

    // an LSN

    @ParameterizedTest
    @EnumSource
    void an_lsn_is_compared_with_the_backups_end_not_its_begin(Bound bound) {
        RecoveryPlan early = plan(plain(), new RecoveryTarget.AtLsn(Lsn.parse("0/5FFFFF"), bound));
        assertThat(early.backup().id()).isEqualTo(id(MONDAY));
        assertThat(wal(early)).isEqualTo("1:2-5");
        assertThat(early.passedOver())
                .containsExactly(new PassedOver(id(TUESDAY), "it ends at 0/600100, after the target"));

        assertThat(plan(plain(), new RecoveryTarget.AtLsn(Lsn.parse("0/6000FF"), bound))
                        .backup()
                        .id())
                .isEqualTo(id(MONDAY));
        assertThat(plan(plain(), new RecoveryTarget.AtLsn(Lsn.parse("0/600100"), bound))
                        .backup()
                        .id())
                .isEqualTo(id(TUESDAY));
    }

    @Test
    void an_lsn_on_a_boundary_needs_the_segment_that_begins_there() {
        assertThat(wal(plan(plain(), lsn("0/700000")))).isEqualTo("1:5-7");
        assertThat(wal(plan(plain(), lsn("0/6FFFFF")))).isEqualTo("1:5-6");
        assertThat(refusal(plain(), lsn("0/A00000")).reason())
                .isEqualTo("LSN 0/A00000 can't be reached: the archived WAL ends at 0/A00000");
    }

    @Test
    void an_lsn_before_the_oldest_backups_end_is_refused_with_that_backup_named() {
        Unreachable refusal = refusal(plain(), lsn("0/2000FF"));

        assertThat(refusal.reason())
                .isEqualTo("LSN 0/2000FF can't be reached from backup 20261123T000000Z: it ends at 0/200100, after the"
                        + " target");
        assertThat(refusal.reachable()).extracting(ReachableRange::from).containsExactly(Lsn.parse("0/200100"));
    }

    @Test
    void an_lsn_in_a_hole_or_behind_it_is_refused_and_before_it_is_not() {
        FactsBuilder facts = plain().wal(1, 11, 12);

        assertThat(refusal(facts, lsn("0/A00000")).reason())
                .endsWith("WAL segment 00000001000000000000000A is not in the archive, although later WAL is");
        assertThat(refusal(facts, lsn("0/B80000")).reason()).contains("00000001000000000000000A");
        assertThat(wal(plan(facts, lsn("0/880000")))).isEqualTo("1:5-8");
    }

    @Test
    void an_lsn_in_the_last_segment_may_have_no_record_behind_it() {
        assertThat(plan(plain(), lsn("0/9FFFFF")).notes())
                .singleElement()
                .asString()
                .startsWith("The target lies in the last archived segment");
        assertThat(plan(plain(), lsn("0/8FFFFF")).notes()).isEmpty();
    }

    @Test
    void of_two_reachable_ranges_the_one_nearest_to_the_lsn_comes_first() {
        FactsBuilder facts = plain().wal(1, 20, 25).backup(WEDNESDAY, 1, "0/1400028", "0/1400100");

        assertThat(refusal(facts, lsn("0/B00000")).reachable())
                .extracting(ReachableRange::backup)
                .containsExactly(id(MONDAY), id(WEDNESDAY));
        assertThat(refusal(facts, lsn("0/1300000")).reachable())
                .extracting(ReachableRange::backup)
                .containsExactly(id(WEDNESDAY), id(MONDAY));
    }

    // a time

    @Test
    void a_time_is_reached_from_the_newest_backup_that_had_ended_by_then() {
        assertThat(plan(plain(), time("2026-11-24T00:01:00Z")).backup().id()).isEqualTo(id(TUESDAY));
        assertThat(plan(plain(), time("2026-11-24T00:00:59Z")).backup().id()).isEqualTo(id(MONDAY));
        assertThat(refusal(plain(), time("2026-11-23T00:00:59Z")).reason())
                .isEqualTo("time 2026-11-23T00:00:59Z can't be reached from backup 20261123T000000Z: it ended at"
                        + " 2026-11-23T00:01:00Z, after the target");
    }

    @Test
    void a_later_backup_bounds_the_wal_for_a_time() {
        RecoveryPlan plan = plan(plain(), time("2026-11-23T12:00:00Z"));

        assertThat(wal(plan)).isEqualTo("1:2-6");
        assertThat(plan.notes()).isEmpty();
    }

    @Test
    void behind_the_last_backup_it_is_not_known_how_late_the_wal_goes() {
        RecoveryPlan plan = plan(plain(), time("2026-11-24T12:00:00Z"));

        assertThat(wal(plan)).isEqualTo("1:5-9");
        assertThat(plan.notes())
                .containsExactly("Whether the archived WAL, which ends at 0/A00000, reaches the target is not known:"
                        + " if it does not, the recovery ends with an error.");
    }

    @Test
    void a_time_in_the_future_is_refused() {
        assertThat(refusal(plain(), time("2026-11-30T00:00:01Z")).reason())
                .isEqualTo("time 2026-11-30T00:00:01Z lies in the future (it is 2026-11-30T00:00:00Z)");
    }

    @Test
    void with_a_hole_a_time_is_refused_unless_a_later_backup_proves_that_it_lies_before() {
        FactsBuilder facts = plain().wal(1, 11, 12);

        assertThat(wal(plan(facts, time("2026-11-23T12:00:00Z")))).isEqualTo("1:2-6");
        assertThat(refusal(facts, time("2026-11-24T12:00:00Z")).reason())
                .isEqualTo("time 2026-11-24T12:00:00Z can't be reached: WAL segment 00000001000000000000000A is not in"
                        + " the archive, although later WAL is, and nothing proves that the target lies before that");
    }

    @Test
    void a_later_backup_behind_the_hole_proves_nothing() {
        FactsBuilder facts = plain().wal(1, 11, 14).backup(WEDNESDAY, 1, "0/B00028", "0/B00100");

        assertThat(refusal(facts, time("2026-11-24T12:00:00Z")).passedOver())
                .extracting(PassedOver::id)
                .containsExactly(id(WEDNESDAY), id(TUESDAY), id(MONDAY));
    }

    @Test
    void a_later_backup_on_another_branch_proves_nothing() {
        FactsBuilder facts = new FactsBuilder()
                .backup(MONDAY, 1, "0/200028", "0/200100")
                .backup(TUESDAY, 2, "0/500028", "0/500100")
                .history(2, "1 0/300000 r")
                .wal(1, 2, 6)
                .wal(1, 8, 8)
                .wal(2, 3, 6);

        assertThat(refusal(facts, time("2026-11-23T12:00:00Z"), timeline(1)).reason())
                .contains("000000010000000000000007");
    }

    @Test
    void a_time_on_a_way_that_left_a_branch_names_the_branch() {
        FactsBuilder facts = new FactsBuilder()
                .backup(MONDAY, 1, "0/200028", "0/200100")
                .history(2, "1 0/380000 r")
                .wal(1, 2, 9)
                .wal(2, 3, 6);

        assertThat(plan(facts, time("2026-11-23T12:00:00Z")).notes())
                .contains("Timeline 2 leaves timeline 1 at 0/380000; for a moment behind that on timeline 1 use"
                        + " `--target-timeline 1`.");
    }

    // a transaction

    @Test
    void a_transaction_that_had_not_begun_is_reached_from_the_newest_such_backup() {
        assertThat(plan(plain(), xid(2010)).backup().id()).isEqualTo(id(TUESDAY));
        RecoveryPlan older = plan(plain(), xid(1999));
        assertThat(older.backup().id()).isEqualTo(id(MONDAY));
        assertThat(older.passedOver())
                .containsExactly(new PassedOver(id(TUESDAY), "the transaction had ended before it did"));
        assertThat(wal(older)).describedAs("bounded by the later backup").isEqualTo("1:2-6");
    }

    @Test
    void for_a_transaction_that_may_have_ended_an_older_backup_is_preferred() {
        RecoveryPlan plan = plan(plain(), xid(2005));

        assertThat(plan.backup().id()).isEqualTo(id(MONDAY));
        assertThat(plan.passedOver()).containsExactly(new PassedOver(id(TUESDAY), "the target may lie before its end"));
    }

    @Test
    void without_an_older_backup_a_transaction_that_may_have_ended_is_tried() {
        RecoveryPlan plan = plan(plain(), xid(1005));

        assertThat(plan.backup().id()).isEqualTo(id(MONDAY));
        assertThat(plan.notes().get(0)).startsWith("The transaction had begun before the backup ended");
        assertThat(refusal(plain(), xid(999)).reason())
                .isEqualTo("transaction 999 can't be reached from backup 20261123T000000Z: the transaction had ended"
                        + " before it did");
    }

    @Test
    void a_transaction_without_its_epoch_is_understood_as_the_one_the_backups_have_seen() {
        long epoch = 1L << 32;
        FactsBuilder facts = new FactsBuilder()
                .backup(MONDAY, 1, "0/200028", "0/200100", epoch - 100, epoch - 90)
                .backup(TUESDAY, 1, "0/500028", "0/600100", epoch + 500, epoch + 510)
                .wal(1, 2, 9);

        RecoveryPlan wrapped = plan(facts, xid(100));
        assertThat(wrapped.backup().id()).isEqualTo(id(MONDAY));
        assertThat(wrapped.notes()).contains("Transaction 100 is understood as 4294967396, with its epoch.");
        assertThat(plan(facts, xid(600)).backup().id()).isEqualTo(id(TUESDAY));
        assertThat(plan(facts, xid(epoch - 50)).backup().id()).isEqualTo(id(MONDAY));
        assertThat(refusal(facts, xid(epoch - 200)).reason()).contains("had ended before");
    }

    @Test
    void a_transaction_an_epoch_ahead_is_not_confused_with_the_one_of_the_same_lower_bits() {
        FactsBuilder facts = plain();

        assertThat(refusal(facts, xid((1L << 32) + 3000)).reason())
                .contains("PostgreSQL would stop at transaction 3000, because it compares the lower 32 bits only");
    }

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
                        Optional.of(new RestorePoint("before", lsn, Instant.parse(MONDAY))))))
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
                end.start(), end.end(), Optional.empty(), Optional.of(end), Optional.of(end), Optional.empty()));
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

    // timelines

    /** Promoted in the midst of segment 3; timeline 1 went on to 9 elsewhere. */
    private static FactsBuilder forked() {
        return new FactsBuilder()
                .backup(MONDAY, 1, "0/200028", "0/200100")
                .history(2, "1 0/380000 r")
                .wal(1, 2, 9)
                .wal(2, 3, 6);
    }

    @Test
    void latest_goes_along_the_newest_timeline_and_reads_the_new_timelines_copy_of_the_shared_segment() {
        RecoveryPlan plan = plan(forked(), END);

        assertThat(plan.path().timeline()).isEqualTo(new TimelineId(2));
        assertThat(wal(plan)).isEqualTo("1:2-2 2:3-6");
    }

    @Test
    void current_and_a_number_stay_on_the_old_timeline() {
        assertThat(wal(plan(forked(), END, current()))).isEqualTo("1:2-9");
        assertThat(wal(plan(forked(), END, timeline(1)))).isEqualTo("1:2-9");
    }

    @Test
    void an_lsn_behind_the_switch_is_another_place_on_each_timeline() {
        assertThat(wal(plan(forked(), lsn("0/480000")))).isEqualTo("1:2-2 2:3-4");
        assertThat(wal(plan(forked(), lsn("0/480000"), timeline(1)))).isEqualTo("1:2-4");
        assertThat(refusal(forked(), lsn("0/880000")).reachable())
                .extracting(ReachableRange::timeline)
                .containsExactly(new TimelineId(1), new TimelineId(2));
    }

    @Test
    void an_unknown_timeline_is_refused() {
        assertThat(refusal(forked(), END, timeline(7)).reason())
                .isEqualTo("timeline 7 is not known: its history file is not in the archive, and no backup was taken"
                        + " on it");
    }

    @Test
    void a_backup_behind_the_fork_does_not_serve_the_fork() {
        FactsBuilder facts = forked().backup(TUESDAY, 1, "0/500028", "0/500100");

        RecoveryPlan plan = plan(facts, END);
        assertThat(plan.backup().id()).isEqualTo(id(MONDAY));
        assertThat(plan.passedOver())
                .containsExactly(new PassedOver(
                        id(TUESDAY), "timeline 2 leaves timeline 1 at 0/380000, before its end at 0/500100"));
        assertThat(plan(facts, END, timeline(1)).backup().id()).isEqualTo(id(TUESDAY));
    }

    @Test
    void a_backup_during_which_the_path_leaves_its_timeline_does_not_serve() {
        FactsBuilder facts = new FactsBuilder()
                .backup(MONDAY, 1, "0/200028", "0/380001")
                .history(2, "1 0/380000 r")
                .wal(1, 2, 9)
                .wal(2, 3, 6);

        RecoveryPlan plan = plan(facts, END);
        assertThat(plan.path().timeline()).isEqualTo(TimelineId.FIRST);
        assertThat(plan.notes()).containsExactly("Timeline 2 is newer than timeline 1, but no backup leads there.");
        assertThat(refusal(facts, END, timeline(2)).reason()).contains("before its end at 0/380001");
    }

    @Test
    void a_backup_of_another_branch_says_so() {
        FactsBuilder facts = forked().backup(TUESDAY, 2, "0/500028", "0/500100");

        assertThat(refusal(facts, lsn("0/F00000"), timeline(1)).passedOver().get(0))
                .isEqualTo(new PassedOver(
                        id(TUESDAY), "it was taken on timeline 2, and timeline 1 does not come from there"));
    }

    @Test
    void the_newest_timeline_is_followed_even_if_the_newest_backup_does_not_lead_there() {
        FactsBuilder facts = forked().backup(TUESDAY, 2, "0/500028", "0/500100")
                .history(3, "1 0/480000 r")
                .wal(3, 4, 8);

        RecoveryPlan plan = plan(facts, END);
        assertThat(plan.path().timeline()).isEqualTo(new TimelineId(3));
        assertThat(plan.backup().id()).isEqualTo(id(MONDAY));
        assertThat(wal(plan)).isEqualTo("1:2-3 3:4-8");
    }

    @Test
    void a_timeline_whose_history_is_missing_is_said_to_be_passed_by() {
        FactsBuilder facts = forked().wal(3, 5, 6);

        assertThat(plan(facts, END).notes())
                .containsExactly("Timeline 3 has archived WAL but no history file, so it can't be followed.");
    }

    @Test
    void a_backups_own_timeline_can_be_followed_without_its_history_file() {
        FactsBuilder facts =
                new FactsBuilder().backup(MONDAY, 5, "0/200028", "0/200100").wal(5, 2, 4);

        assertThat(wal(plan(facts, END))).isEqualTo("5:2-4");
        assertThat(wal(plan(facts, END, timeline(5)))).isEqualTo("5:2-4");
        assertThat(refusal(facts, END, timeline(1)).reason()).contains("does not come from there");
    }

    @Test
    void the_first_segment_of_the_new_timeline_missing_is_a_hole_where_the_old_timeline_went_on() {
        FactsBuilder facts = new FactsBuilder()
                .backup(MONDAY, 1, "0/200028", "0/200100")
                .history(2, "1 0/380000 r")
                .wal(1, 2, 9);

        assertThat(refusal(facts, END).reason())
                .isEqualTo("the end of the archived WAL can't be reached: WAL segment 000000020000000000000003 is not"
                        + " in the archive, and in its place PostgreSQL would read on in 000000010000000000000003,"
                        + " beyond where timeline 2 leaves it at 0/380000");
        assertThat(wal(plan(facts, lsn("0/37FFFF")))).isEqualTo("1:2-3");
        assertThat(refusal(facts, lsn("0/380000")).reason()).contains("000000020000000000000003");
    }

    @Test
    void a_partial_segment_serves_as_the_last_one_of_a_timeline() {
        FactsBuilder facts = new FactsBuilder()
                .backup(MONDAY, 1, "0/200028", "0/200100")
                .history(2, "1 0/380000 r")
                .wal(1, 2, 2)
                .partial(1, 3)
                .wal(2, 3, 6);

        RecoveryPlan plan = plan(facts, END, timeline(1));
        assertThat(wal(plan)).isEqualTo("1:2-2 1:3-3p");
        assertThat(plan.notes())
                .containsExactly("WAL segment 000000010000000000000003 is archived as 000000010000000000000003.partial"
                        + " only, which is delivered in its place.");
        assertThat(wal(plan(facts, lsn("0/37FFFF"), timeline(1)))).isEqualTo("1:2-2 1:3-3p");
        assertThat(refusal(facts, lsn("0/380000"), timeline(1)).reason()).endsWith("the archived WAL ends at 0/380000");
        assertThat(wal(plan(facts, END)))
                .describedAs("not needed on the way to timeline 2")
                .isEqualTo("1:2-2 2:3-6");
    }

    @Test
    void the_archive_ends_where_the_last_piece_of_the_stream_does() {
        FactsBuilder facts = new FactsBuilder()
                .backup(MONDAY, 1, "0/200028", "0/200100")
                .wal(1, 2, 2)
                .streamed(1, 3, "0/3A1B28");

        RecoveryPlan plan = plan(facts, END);
        assertThat(wal(plan)).isEqualTo("1:2-2 1:3-3s");
        assertThat(plan.notes())
                .containsExactly("WAL segment 000000010000000000000003 was still being written: it is there up to"
                        + " 0/3A1B28, as it was streamed.");
        assertThat(wal(plan(facts, lsn("0/3A1B27")))).isEqualTo("1:2-2 1:3-3s");
        assertThat(refusal(facts, lsn("0/3A1B28")).reason()).endsWith("the archived WAL ends at 0/3A1B28");
    }

    @Test
    void pieces_of_a_segment_that_is_archived_count_for_nothing() {
        FactsBuilder facts = new FactsBuilder()
                .backup(MONDAY, 1, "0/200028", "0/200100")
                .wal(1, 2, 3)
                .streamed(1, 3, "0/3A1B28");

        assertThat(wal(plan(facts, END))).isEqualTo("1:2-3");
    }

    @Test
    void pieces_behind_a_hole_are_later_wal() {
        FactsBuilder facts = new FactsBuilder()
                .backup(MONDAY, 1, "0/200028", "0/200100")
                .wal(1, 2, 2)
                .streamed(1, 4, "0/4A1B28");

        assertThat(refusal(facts, END).reason()).contains("000000010000000000000003 is not in the archive");
    }

    @Test
    void a_stream_that_went_on_where_the_timeline_was_left_is_not_followed_beyond() {
        FactsBuilder facts = new FactsBuilder()
                .backup(MONDAY, 1, "0/200028", "0/200100")
                .history(2, "1 0/380000 r")
                .wal(1, 2, 2)
                .partial(1, 3)
                .streamed(1, 3, "0/3A0000");

        assertThat(refusal(facts, END).reason()).contains("beyond where timeline 2 leaves it at 0/380000");
        assertThat(wal(plan(facts, END, timeline(1)))).isEqualTo("1:2-2 1:3-3s");
    }

    @Test
    void of_a_partial_segment_and_pieces_that_end_before_it_the_partial_one_serves() {
        FactsBuilder facts = new FactsBuilder()
                .backup(MONDAY, 1, "0/200028", "0/200100")
                .history(2, "1 0/380000 r")
                .wal(1, 2, 2)
                .partial(1, 3)
                .streamed(1, 3, "0/380000");

        assertThat(wal(plan(facts, END))).isEqualTo("1:2-2 1:3-3p");
    }

    @Test
    void a_partial_segment_leads_up_to_a_timeline_that_has_archived_nothing_yet() {
        FactsBuilder facts = new FactsBuilder()
                .backup(MONDAY, 1, "0/200028", "0/200100")
                .history(2, "1 0/380000 r")
                .wal(1, 2, 2)
                .partial(1, 3);

        assertThat(wal(plan(facts, END))).isEqualTo("1:2-2 1:3-3p");
    }

    @Test
    void a_partial_segment_amid_a_timeline_does_not_fill_the_hole() {
        FactsBuilder facts = new FactsBuilder()
                .backup(MONDAY, 1, "0/200028", "0/200100")
                .history(2, "1 0/380000 r")
                .wal(1, 2, 2)
                .partial(1, 3)
                .wal(1, 4, 6);

        assertThat(refusal(facts, END, timeline(1)).reason()).contains("000000010000000000000003 is not in");
    }

    @Test
    void wal_that_ends_before_the_newest_timeline_begins_is_refused() {
        FactsBuilder facts = new FactsBuilder()
                .backup(MONDAY, 1, "0/200028", "0/200100")
                .history(2, "1 0/480000 r")
                .wal(1, 2, 2);

        assertThat(refusal(facts, END).reason())
                .isEqualTo("the end of the archived WAL can't be reached: the archived WAL ends at 0/300000, before"
                        + " timeline 2 begins at 0/480000 (WAL segment 000000010000000000000003 is not in the"
                        + " archive)");
        assertThat(wal(plan(facts, END, timeline(1)))).isEqualTo("1:2-2");
    }

    @Test
    void a_switch_on_a_segment_boundary_needs_the_old_timeline_up_to_it_only() {
        FactsBuilder facts = new FactsBuilder()
                .backup(MONDAY, 1, "0/200028", "0/200100")
                .history(2, "1 0/400000 r")
                .wal(1, 2, 3)
                .wal(2, 4, 5);

        assertThat(wal(plan(facts, END))).isEqualTo("1:2-3 2:4-5");
    }

    @Test
    void two_switches_in_one_segment_read_the_newest_timelines_copy() {
        FactsBuilder facts = new FactsBuilder()
                .backup(MONDAY, 1, "0/200028", "0/200100")
                .history(2, "1 0/320000 r")
                .history(3, "1 0/320000 r", "2 0/380000 r")
                .wal(1, 2, 3)
                .wal(2, 3, 3)
                .wal(3, 3, 5);

        assertThat(wal(plan(facts, END))).isEqualTo("1:2-2 3:3-5");
    }

    @Test
    void a_timeline_that_left_before_its_named_parent_began_is_followed_from_where_it_left() {
        FactsBuilder facts = new FactsBuilder()
                .backup(MONDAY, 1, "0/200028", "0/200100")
                .history(2, "1 0/780000 r")
                .history(3, "1 0/780000 r", "2 0/480000 r")
                .wal(1, 2, 9)
                .wal(2, 7, 9)
                .wal(3, 4, 6);

        assertThat(wal(plan(facts, END))).isEqualTo("1:2-3 3:4-6");
    }
}
