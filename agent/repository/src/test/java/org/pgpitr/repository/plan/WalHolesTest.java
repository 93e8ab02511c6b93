package org.pgpitr.repository.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTargetTimeline;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.backup.BackupSummary;

class WalHolesTest {
    private static final String MONDAY = "2026-11-23T00:00:00Z";
    private static final String TUESDAY = "2026-11-24T00:00:00Z";

    private static List<String> holes(FactsBuilder facts) {
        return WalHoles.of(facts.build()).stream()
                .map(hole -> hole.first() + ".." + hole.last() + " from " + hole.lostFrom()
                        + hole.again().map(b -> " to " + b.stopLsn()).orElse("")
                        + (hole.inconsistent().isEmpty()
                                ? ""
                                : " breaks " + hole.inconsistent().size()))
                .toList();
    }

    private static String name(int timeline, long number) {
        return WalSegmentName.of(new TimelineId(timeline), number, FactsBuilder.SIZE)
                .toString();
    }

    @Test
    void unbroken_wal_has_none_and_what_lies_before_the_first_backup_does_not_count() {
        assertThat(holes(new FactsBuilder()
                        .backup(MONDAY, 1, "0/600028", "0/600100")
                        .wal(1, 1, 2)
                        .wal(1, 6, 9)))
                .isEmpty();
        assertThat(holes(new FactsBuilder().wal(1, 1, 2).wal(1, 6, 9))).isEmpty();
    }

    @Test
    void a_hole_costs_what_lies_behind_it_up_to_the_next_backup() {
        assertThat(holes(new FactsBuilder()
                        .backup(MONDAY, 1, "0/200028", "0/200100")
                        .backup(TUESDAY, 1, "0/800028", "0/800100")
                        .wal(1, 2, 3)
                        .wal(1, 6, 6)
                        .wal(1, 8, 9)))
                .containsExactly(
                        name(1, 4) + ".." + name(1, 5) + " from 0/400000 to 0/800100",
                        name(1, 7) + ".." + name(1, 7) + " from 0/700000 to 0/800100");
    }

    @Test
    void a_backup_without_its_own_wal_is_told() {
        assertThat(holes(new FactsBuilder()
                        .backup(MONDAY, 1, "0/200028", "0/400100")
                        .wal(1, 2, 3)))
                .containsExactly(name(1, 4) + ".." + name(1, 4) + " from 0/400000 breaks 1");
        assertThat(holes(new FactsBuilder().backup(MONDAY, 1, "0/200028", "0/400100")))
                .containsExactly(name(1, 2) + ".." + name(1, 4) + " from 0/200000 breaks 1");
    }

    @Test
    void a_timeline_that_has_just_begun_lacks_nothing() {
        FactsBuilder promoted = new FactsBuilder()
                .backup(MONDAY, 1, "0/200028", "0/200100")
                .wal(1, 2, 4)
                .partial(1, 5)
                .history(2, "1 0/580000");
        assertThat(holes(promoted)).isEmpty();
        assertThat(holes(promoted.wal(2, 5, 5))).isEmpty();
        assertThat(holes(promoted.wal(2, 7, 7))).containsExactly(name(2, 6) + ".." + name(2, 6) + " from 0/600000");
    }

    @Test
    void what_several_timelines_share_is_told_once() {
        assertThat(holes(new FactsBuilder()
                        .backup(MONDAY, 1, "0/200028", "0/200100")
                        .wal(1, 2, 2)
                        .wal(1, 4, 9)
                        .wal(2, 6, 9)
                        .history(2, "1 0/680000")
                        .wal(3, 8, 9)
                        .history(3, "1 0/880000")))
                .containsExactly(name(1, 3) + ".." + name(1, 3) + " from 0/300000");
    }

    /** Of made-up clusters: there is a hole exactly where the planner refuses to go on to the end of some timeline. */
    @Test
    void there_is_a_hole_wherever_the_plan_sees_one() {
        long seed = Long.getLong("pgpitr.seed", 20261129L);
        for (int i = 0; i < 3000; i++) {
            // the first one: a backup in a hole of its timeline's descendant, which its own timeline's copy bridges
            SimulatedCluster cluster = new SimulatedCluster(new Random(i == 0 ? 26132241004743L : seed + i));
            RecoveryFacts facts = cluster.facts();
            List<WalHole> holes = WalHoles.of(facts);
            for (BackupSummary backup : facts.backups()) {
                Optional<WalHole> told = holes.stream()
                        .filter(hole -> hole.inconsistent().contains(backup))
                        .findFirst();
                RecoveryDecision decision = RecoveryPlanner.decide(
                        facts,
                        new RecoveryRequest(
                                new RecoveryTarget.Immediate(),
                                new RecoveryTargetTimeline.Numbered(backup.timeline()),
                                Optional.of(backup.id())));
                if (new Timelines(facts)
                        .misfit(backup, new Timelines(facts).path(backup.timeline()))
                        .isEmpty()) {
                    assertThat(decision instanceof Unreachable)
                            .as("seed %d: %s\n%s\n%s", seed + i, backup.id(), holes, cluster)
                            .isEqualTo(told.isPresent());
                }
            }
            for (WalHole hole : holes) {
                assertThat(hole.lostFrom())
                        .as("seed %d", seed + i)
                        .isBetween(
                                facts.segmentSize().start(hole.first().number(facts.segmentSize())),
                                new Lsn(Long.MAX_VALUE));
            }
        }
    }
}
