package org.pgpitr.repository.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTarget.Bound;
import org.pgpitr.postgres.RecoveryTargetTimeline;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.repository.backup.BackupSummary;

/** The planner against clusters whose every record is known, and a PostgreSQL that replays them one by one. */
class RecoveryPlannerModelTest {
    private static final long SEED = 20261121;
    private static final int CLUSTERS = 4_000;
    private static final int REQUESTS = 12;

    private int plans;
    private int refusals;

    @Test
    void every_plan_leads_to_its_target_and_every_refusal_is_right() {
        for (int i = 0; i < CLUSTERS; i++) {
            Random random = new Random(SEED + i);
            SimulatedCluster cluster = new SimulatedCluster(random);
            RecoveryFacts facts = cluster.facts();
            for (int r = 0; r < REQUESTS; r++) {
                RecoveryRequest request = request(cluster, random);
                try {
                    check(cluster, facts, request);
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError("seed " + (SEED + i) + ", " + request + "\n" + cluster, e);
                }
            }
        }
        assertThat(plans).isGreaterThan(CLUSTERS);
        assertThat(refusals).isGreaterThan(CLUSTERS);
    }

    private static RecoveryRequest request(SimulatedCluster cluster, Random random) {
        int record = random.nextInt(50);
        int timeline = 1 + random.nextInt(cluster.timelines.size());
        Bound bound = random.nextBoolean() ? Bound.INCLUSIVE : Bound.EXCLUSIVE;
        RecoveryTarget target = switch (random.nextInt(5)) {
            case 0 -> new RecoveryTarget.EndOfWal();
            case 1 -> new RecoveryTarget.Immediate();
            case 2 -> new RecoveryTarget.AtLsn(SimulatedCluster.lsn(record), bound);
            case 3 -> new RecoveryTarget.Xid(SimulatedCluster.xid(record) + random.nextInt(10), bound);
            default ->
                new RecoveryTarget.Time(
                        SimulatedCluster.time(timeline, record).plusSeconds(random.nextInt(100)), bound);
        };
        RecoveryTargetTimeline wanted = switch (random.nextInt(3)) {
            case 0 -> new RecoveryTargetTimeline.Latest();
            case 1 -> new RecoveryTargetTimeline.Current();
            default -> new RecoveryTargetTimeline.Numbered(new TimelineId(timeline));
        };
        boolean named = random.nextInt(4) == 0 && !cluster.backups.isEmpty();
        return new RecoveryRequest(
                target,
                wanted,
                named
                        ? Optional.of(cluster.backups
                                .get(random.nextInt(cluster.backups.size()))
                                .id())
                        : Optional.empty());
    }

    private void check(SimulatedCluster cluster, RecoveryFacts facts, RecoveryRequest request) {
        RecoveryDecision decision = RecoveryPlanner.decide(facts, request);
        List<SimulatedRecovery> ways = ways(cluster, request);
        Optional<Integer> best = IntStream.range(0, ways.size())
                .boxed()
                .filter(i -> serves(cluster, ways.get(i), request.target()))
                .findFirst();
        if (request.target() instanceof RecoveryTarget.Xid xid) {
            best = bestForXid(cluster, ways, xid.xid());
        }
        if (decision instanceof RecoveryPlan plan) {
            plans++;
            List<BackupSummary> backups = backups(cluster, request);
            assertThat(best).describedAs("planned from %s", plan.backup().id()).isPresent();
            assertThat(plan.backup().id()).isEqualTo(backups.get(best.get()).id());
            checkWal(plan, ways.get(best.get()));
        } else {
            refusals++;
            assertThat(best).describedAs("refused: %s", decision).isEmpty();
            checkRanges(facts, (Unreachable) decision);
        }
    }

    private static List<BackupSummary> backups(SimulatedCluster cluster, RecoveryRequest request) {
        return cluster.backups.stream()
                .filter(b ->
                        request.backup().isEmpty() || request.backup().get().equals(b.id()))
                .sorted(Comparator.comparing(BackupSummary::stopped)
                        .thenComparing(BackupSummary::id)
                        .reversed())
                .toList();
    }

    /** Newest backup first, each along the timeline that the request means. */
    private static List<SimulatedRecovery> ways(SimulatedCluster cluster, RecoveryRequest request) {
        List<BackupSummary> backups = backups(cluster, request);
        int newest =
                backups.stream().mapToInt(b -> newestFrom(cluster, b)).max().orElse(1);
        return backups.stream()
                .map(b -> new SimulatedRecovery(cluster, b, timeline(cluster, request, backups.get(0), b, newest)))
                .toList();
    }

    private static int timeline(
            SimulatedCluster cluster,
            RecoveryRequest request,
            BackupSummary newestBackup,
            BackupSummary b,
            int newest) {
        if (request.timeline() instanceof RecoveryTargetTimeline.Numbered n) {
            return (int) n.timeline().value();
        }
        if (request.timeline() instanceof RecoveryTargetTimeline.Current) {
            BackupSummary whose = request.target() instanceof RecoveryTarget.EndOfWal ? newestBackup : b;
            return (int) whose.timeline().value();
        }
        return request.target() instanceof RecoveryTarget.Immediate ? newestFrom(cluster, b) : newest;
    }

    private static int newestFrom(SimulatedCluster cluster, BackupSummary backup) {
        return IntStream.rangeClosed(1, cluster.timelines.size())
                .filter(t -> new SimulatedRecovery(cluster, backup, t).fits())
                .max()
                .orElseThrow();
    }

    private static boolean serves(SimulatedCluster cluster, SimulatedRecovery way, RecoveryTarget target) {
        int stop = SimulatedCluster.record(way.backup().stopLsn());
        if (!way.canStopBefore(stop)) {
            return false;
        }
        if (target instanceof RecoveryTarget.AtLsn lsn) {
            return way.canStopBefore(SimulatedCluster.record(lsn.lsn()) + 1)
                    && SimulatedCluster.record(lsn.lsn()) >= stop;
        }
        if (target instanceof RecoveryTarget.EndOfWal) {
            return !way.isBroken();
        }
        if (target instanceof RecoveryTarget.Time time) {
            boolean proven = cluster.backups.stream()
                    .anyMatch(later -> later.stopped().isAfter(time.time()) && way.passes(later));
            boolean usable = !time.time().isBefore(way.backup().stopped()) && (!way.isBroken() || proven);
            if (usable) {
                checkStopAt(way, time.time());
            }
            return usable;
        }
        return target instanceof RecoveryTarget.Immediate;
    }

    /** If the recovery stops for the time at all, it does so before anything of another branch. */
    private static void checkStopAt(SimulatedRecovery way, Instant time) {
        way.replayed().stream()
                .filter(r -> SimulatedCluster.time(r.writer(), r.record() + 1).isAfter(time))
                .findFirst()
                .ifPresent(r -> assertThat(r.record()).isLessThanOrEqualTo(way.rightUntil()));
    }

    private static Optional<Integer> bestForXid(SimulatedCluster cluster, List<SimulatedRecovery> ways, long xid) {
        Optional<Integer> doubtful = Optional.empty();
        for (int i = 0; i < ways.size(); i++) {
            SimulatedRecovery way = ways.get(i);
            BackupSummary backup = way.backup();
            boolean proven = cluster.backups.stream().anyMatch(later -> later.xmin() > xid && way.passes(later));
            boolean usable = way.canStopBefore(SimulatedCluster.record(backup.stopLsn()))
                    && xid >= backup.xmin()
                    && (!way.isBroken() || proven);
            if (usable && xid >= backup.nextXid()) {
                return Optional.of(i);
            }
            if (usable) {
                doubtful = Optional.of(i);
            }
        }
        return doubtful;
    }

    private static void checkWal(RecoveryPlan plan, SimulatedRecovery way) {
        int end;
        if (plan.target() instanceof RecoveryTarget.AtLsn lsn) {
            end = SimulatedCluster.record(lsn.lsn()) + 1;
        } else if (plan.target() instanceof RecoveryTarget.Immediate) {
            end = SimulatedCluster.record(plan.backup().stopLsn());
        } else if (plan.target() instanceof RecoveryTarget.EndOfWal) {
            end = way.end();
        } else {
            return;
        }
        Set<String> planned = new LinkedHashSet<>();
        long wholeOnes = 0;
        for (WalRange range : plan.wal()) {
            long first = range.first().number(FactsBuilder.SIZE);
            long last = range.last().number(FactsBuilder.SIZE);
            for (long segment = first; segment <= last; segment++) {
                planned.add(new SimulatedCluster.File((int) range.timeline().value(), (int) segment, range.form())
                        .toString());
                wholeOnes += range.form() == WalRange.Form.WHOLE ? 1 : 0;
            }
        }
        assertThat(planned).containsExactlyElementsOf(way.files(end));
        assertThat(plan.walBytes()).isEqualTo(100 * wholeOnes);
    }

    /** What a refusal offers instead must be so: both ends of each range can be planned. */
    private static void checkRanges(RecoveryFacts facts, Unreachable refusal) {
        for (ReachableRange range : refusal.reachable()) {
            RecoveryTargetTimeline along = new RecoveryTargetTimeline.Numbered(range.timeline());
            plan(facts, new RecoveryRequest(new RecoveryTarget.Immediate(), along, Optional.of(range.backup())));
            if (range.lastTarget().isBefore(range.to())) {
                plan(
                        facts,
                        new RecoveryRequest(
                                new RecoveryTarget.AtLsn(range.lastTarget(), Bound.INCLUSIVE),
                                along,
                                Optional.empty()));
            }
            boolean toTheEnd = RecoveryPlanner.decide(
                            facts,
                            new RecoveryRequest(new RecoveryTarget.EndOfWal(), along, Optional.of(range.backup())))
                    instanceof RecoveryPlan;
            assertThat(toTheEnd).isEqualTo(range.ending() == ReachableRange.Ending.END_OF_WAL);
        }
    }

    private static void plan(RecoveryFacts facts, RecoveryRequest request) {
        if (RecoveryPlanner.decide(facts, request) instanceof Unreachable no) {
            fail("offered, but refused: " + request + " because " + no.reason());
        }
    }

    @Test
    void a_cluster_with_a_thousand_backups_and_a_million_segments_is_planned_at_once() {
        FactsBuilder builder = new FactsBuilder().wal(1, 0, 1_000_000);
        for (int i = 0; i < 1000; i++) {
            String lsn = FactsBuilder.SIZE.start(1000L * i + 1) + "";
            String stop = FactsBuilder.SIZE.start(1000L * i + 2) + "";
            builder.backup(
                    Instant.parse("2026-01-01T00:00:00Z")
                            .plus(Duration.ofHours(i))
                            .toString(),
                    1,
                    lsn,
                    stop);
        }
        RecoveryPlan plan = RecoveryPlanner.plan(
                builder.build(),
                new RecoveryRequest(
                        new RecoveryTarget.EndOfWal(), new RecoveryTargetTimeline.Latest(), Optional.empty()));

        assertThat(plan.wal()).hasSize(1);
        assertThat(plan.walBytes()).isEqualTo(100 * (1_000_000L - 999_001 + 1));
    }
}
