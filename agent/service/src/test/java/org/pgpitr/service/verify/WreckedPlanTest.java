package org.pgpitr.service.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTarget.Bound;
import org.pgpitr.postgres.RecoveryTargetTimeline;
import org.pgpitr.postgres.TimelineHistoryName;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.index.ArchiveListing;
import org.pgpitr.repository.plan.ArchivedStops;
import org.pgpitr.repository.plan.RecoveryDecision;
import org.pgpitr.repository.plan.RecoveryFacts;
import org.pgpitr.repository.plan.RecoveryFactsReader;
import org.pgpitr.repository.plan.RecoveryPlan;
import org.pgpitr.repository.plan.RecoveryRequest;
import org.pgpitr.repository.plan.Unreachable;
import org.pgpitr.repository.plan.WholeBackups;
import org.pgpitr.storage.ObjectKey;

/** What a plan that reads WAL says to each wreck: what it accepts is there, and what it refuses it names. */
class WreckedPlanTest {
    private static final Clock CLOCK =
            Clock.fixed(BackupId.parse("20261122T000000Z").time(), ZoneOffset.UTC);
    private static final String FIRST = "20261121T010000Z";
    private static final String SECOND = "20261121T020000Z";
    private static final RecoveryTarget END = new RecoveryTarget.EndOfWal();
    private static final RecoveryTargetTimeline LATEST = new RecoveryTargetTimeline.Latest();

    private final MadeRepository made = new MadeRepository(Encryption.NONE);

    /** Two backups, in segments 2 and 5, and WAL from 2 to 8. */
    @BeforeEach
    void sound() {
        made.archive(made.wal(2).fill(7));
        made.backup(FIRST, 1, 2, 3);
        made.backup(SECOND, 1, 5, 6);
    }

    private RecoveryDecision decide(RecoveryTarget target, RecoveryTargetTimeline timeline, Optional<String> backup) {
        RecoveryFacts facts = RecoveryFactsReader.read(made.generation, CLOCK);
        try (ArchivedStops stops = new ArchivedStops(
                made.generation,
                facts.wal(),
                ArchiveListing.begin(made.generation).rolledUp(),
                segments -> {})) {
            return WholeBackups.decide(
                    made.generation, facts, new RecoveryRequest(target, timeline, backup.map(BackupId::parse)), stops);
        }
    }

    private RecoveryPlan plan(RecoveryTarget target) {
        return decide(target, LATEST, Optional.empty()).orElseThrow();
    }

    private Unreachable refused(RecoveryTarget target, String backup) {
        RecoveryDecision decision = decide(target, LATEST, Optional.of(backup));
        assertThat(decision).isInstanceOf(Unreachable.class);
        return (Unreachable) decision;
    }

    private String refusal(RecoveryTarget target, String backup) {
        return refused(target, backup).reason();
    }

    private static RecoveryTargetTimeline timeline(int number) {
        return new RecoveryTargetTimeline.Numbered(new TimelineId(number));
    }

    /** Whose reachable moments end there. */
    private static void assertReachable(Unreachable refusal, String... ranges) {
        assertThat(refusal.reachable())
                .extracting(range -> range.timeline() + ":" + range.from() + "-" + range.to())
                .containsExactlyInAnyOrder(ranges);
    }

    private static RecoveryTarget lsn(String lsn) {
        return new RecoveryTarget.AtLsn(Lsn.parse(lsn), Bound.INCLUSIVE);
    }

    private ObjectKey segment(long number) {
        return made.key(MadeRepository.segment(1, number));
    }

    @Test
    void a_segment_missing_in_the_middle_bounds_what_is_before_it_and_not_what_is_behind() {
        made.lose(segment(4));

        assertThat(plan(END).backup().id()).hasToString(SECOND);
        assertThat(plan(lsn("0/380000")).backup().id()).hasToString(FIRST);
        assertThat(refusal(END, FIRST)).contains("000000010000000000000004 is not in the archive");
        Unreachable behind = refused(lsn("0/480000"), FIRST);
        assertThat(behind.reason()).contains("000000010000000000000004 is not in the archive");
        assertReachable(behind, "1:0/302000-0/400000", "1:0/602000-0/900000");
    }

    @Test
    void a_segment_missing_at_a_backups_start_or_end_costs_that_backup() {
        made.lose(segment(2));
        assertThat(refusal(new RecoveryTarget.Immediate(), FIRST))
                .contains("000000010000000000000002, which it needs to become consistent, is not in the archive");
        assertReachable(refused(lsn("0/380000"), FIRST), "1:0/602000-0/900000");

        made.lose(segment(6));
        assertThat(refusal(new RecoveryTarget.Immediate(), SECOND))
                .contains("000000010000000000000006, which it needs to become consistent, is not in the archive");
        assertReachable(refused(END, SECOND));
    }

    @Test
    void damaged_wal_is_named_where_it_is_in_the_way_and_not_where_it_is_not() {
        made.flip(segment(7));

        RecoveryPlan before = plan(lsn("0/680000"));
        assertThat(before.stop()).isPresent();
        Unreachable within = refused(lsn("0/780000"), SECOND);
        assertThat(within.reason())
                .contains("archived WAL file 000000010000000000000007 is of no use: object " + segment(7)
                        + " is damaged");
        assertReachable(within, "1:0/302000-0/700000");
        assertThat(refusal(END, FIRST)).contains("000000010000000000000007 is of no use: object " + segment(7));
    }

    @Test
    void a_cut_segment_at_the_end_of_the_wal_is_not_taken_for_its_end() {
        made.cut(segment(8), 1);

        Unreachable end = refused(END, SECOND);
        assertThat(end.reason()).contains("000000010000000000000008 is of no use: object " + segment(8));
        assertReachable(end, "1:0/302000-0/800000");
        assertThat(plan(lsn("0/780000")).stop()).isPresent();
    }

    @Test
    void damaged_wal_that_a_backup_needs_costs_the_backup() {
        made.flip(segment(6));

        RecoveryPlan plan = plan(lsn("0/380000"));
        assertThat(plan.backup().id()).hasToString(FIRST);
        assertThat(refusal(lsn("0/680000"), SECOND))
                .contains("000000010000000000000006, which it needs to become consistent, is of no use: object "
                        + segment(6));
    }

    @Test
    void a_damaged_manifest_and_lost_or_cut_objects_pass_the_backup_over_with_the_objects_name() {
        ObjectKey manifest = made.generation.layout().manifest(SECOND);
        byte[] sound = made.bytes(manifest);
        made.flip(manifest);
        assertThat(passedOver()).contains(manifest.value());
        made.put(manifest, sound);

        ObjectKey cut = made.generation.layout().data(SECOND, 0, 0);
        byte[] whole = made.bytes(cut);
        made.cut(cut, 10);
        assertThat(passedOver()).startsWith("the objects of its lane 0 have ");
        made.put(cut, whole);

        ObjectKey lost = made.generation.layout().data(SECOND, 1, 0);
        made.lose(lost);
        assertThat(passedOver()).isEqualTo("object " + lost + " is missing");
    }

    /** Why the newer backup does not serve, where the older one does. */
    private String passedOver() {
        RecoveryPlan plan = plan(END);
        assertThat(plan.backup().id()).hasToString(FIRST);
        return plan.passedOver().get(0).reason();
    }

    /** Timeline 2 begins in segment 9, where timeline 1 was left. */
    private Lsn forked() {
        MadeWal first = made.wal(2).fill(7);
        Lsn left = first.position();
        MadeWal second = first.fork(2).fill(3);
        made.archive(MadeRepository.partial(1, 9), first.partial());
        made.archive(second);
        return left;
    }

    @Test
    void wal_of_a_timeline_whose_history_is_lost_is_not_followed_and_that_is_said() {
        forked();

        RecoveryPlan plan = plan(END);

        assertThat(plan.path().timeline()).isEqualTo(TimelineId.FIRST);
        assertThat(plan.notes()).contains("Timeline 2 has archived WAL but no history file, so it can't be followed.");
        assertThat(((Unreachable) decide(END, timeline(2), Optional.empty())).reason())
                .contains("timeline 2 is not known: its history file is not in the archive");
    }

    @Test
    void a_damaged_history_costs_what_needs_it_alone() {
        Lsn left = forked();
        made.history(2, left);
        assertThat(plan(END).path().timeline()).isEqualTo(new TimelineId(2));
        ObjectKey history = made.key(new TimelineHistoryName(new TimelineId(2)));
        made.flip(history);
        String named = "00000002.history can't be read: object " + history;

        for (RecoveryTargetTimeline wanted : new RecoveryTargetTimeline[] {LATEST, timeline(2)}) {
            Unreachable end = (Unreachable) decide(END, wanted, Optional.empty());
            assertThat(end.reason()).contains("timeline 2 can't be followed", named);
            assertThat(end.reachable())
                    .isNotEmpty()
                    .allMatch(range -> range.timeline().equals(TimelineId.FIRST));
        }
        assertThat(refusal(lsn("0/A80000"), SECOND)).contains(named);

        RecoveryPlan first = decide(lsn("0/880000"), LATEST, Optional.empty()).orElseThrow();
        assertThat(first.path().timeline()).isEqualTo(TimelineId.FIRST);
        assertThat(first.notes()).anySatisfy(note -> assertThat(note).contains(named, "pgpitr archive-push"));
        assertThat(decide(END, timeline(1), Optional.empty())).isInstanceOf(RecoveryPlan.class);
    }

    @Test
    void a_backup_on_a_timeline_whose_history_is_damaged_is_of_no_use_to_the_plan_and_the_window() {
        made.history(2, forked());
        String third = "20261121T030000Z";
        made.backup(third, 2, 10, 10);
        assertThat(plan(END).backup().id()).hasToString(third);
        ObjectKey history = made.key(new TimelineHistoryName(new TimelineId(2)));
        made.flip(history);

        assertThat(refusal(new RecoveryTarget.Immediate(), third))
                .contains("00000002.history can't be read: object " + history);
        assertThat(made.window().window().timelines())
                .allSatisfy(timeline -> assertThat(timeline.intervals())
                        .hasSize(timeline.timeline().equals(TimelineId.FIRST) ? 1 : 0));
        assertThat(made.window().window().unusable()).singleElement().satisfies(unusable -> {
            assertThat(unusable.id()).hasToString(third);
            assertThat(unusable.reason()).contains(history.value());
        });
    }

    @Test
    void no_recovery_is_planned_through_a_segment_of_another_cluster() {
        WalSegmentName name = made.putAnotherClusters(7);

        assertThat(plan(lsn("0/680000")).stop()).isPresent();
        for (RecoveryTarget behind : new RecoveryTarget[] {lsn("0/780000"), lsn("0/880000"), END}) {
            Unreachable refusal = refused(behind, SECOND);
            assertThat(refusal.reason()).contains(name.toString(), "system identifier 4711");
            assertReachable(refusal, "1:0/302000-0/700000");
        }
    }
}
