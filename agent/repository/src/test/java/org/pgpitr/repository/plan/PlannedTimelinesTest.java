package org.pgpitr.repository.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.pgpitr.postgres.TimelineId;

/** Plans along several timelines, with partial segments and pieces of streams. */
class PlannedTimelinesTest extends PlannerCases {
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
