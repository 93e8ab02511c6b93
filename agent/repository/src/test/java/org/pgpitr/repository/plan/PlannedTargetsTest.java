package org.pgpitr.repository.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTarget.Bound;

/** Plans to positions, times and transactions by what names and backups tell. */
class PlannedTargetsTest extends PlannerCases {
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
}
