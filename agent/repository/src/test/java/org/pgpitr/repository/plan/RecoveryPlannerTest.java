package org.pgpitr.repository.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTarget.Bound;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.repository.backup.DamagedPage;

/** Plans to the end of the WAL, with a backup that was named, and to the end of a backup. */
class RecoveryPlannerTest extends PlannerCases {
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
}
