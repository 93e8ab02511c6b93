package org.pgpitr.repository.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTarget.Bound;
import org.pgpitr.postgres.RecoveryTargetTimeline;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.archive.ArchivedWal;

/** The window against clusters whose every record is known: what it tells of each moment, and of each gap. */
class WindowPlannerModelTest {
    private static final long SEED = 20261128;
    private static final int CLUSTERS = 2_000;
    private static final int RECORDS = 60;

    private int gaps;
    private int mended;
    private int lost;

    private interface Check {
        void of(SimulatedCluster cluster, RecoveryFacts facts);
    }

    private static void each(Check check) {
        for (int i = 0; i < CLUSTERS; i++) {
            SimulatedCluster cluster = new SimulatedCluster(new Random(SEED + i));
            try {
                check.of(cluster, cluster.facts());
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + (SEED + i) + "\n" + cluster, e);
            }
        }
    }

    private static RecoveryWindow window(RecoveryFacts facts) {
        return WindowPlanner.window(new WindowFacts(facts, new TreeMap<>()));
    }

    private static boolean holds(TimelineWindow window, int record) {
        Lsn lsn = SimulatedCluster.lsn(record);
        return window.intervals().stream()
                .map(WindowInterval::range)
                .anyMatch(range -> !lsn.isBefore(range.from()) && !lsn.isAfter(range.to()));
    }

    private static TimelineWindow of(RecoveryWindow window, int timeline) {
        return window.timelines().stream()
                .filter(each -> each.timeline().value() == timeline)
                .findFirst()
                .orElseGet(() -> new TimelineWindow(new TimelineId(timeline), Optional.empty(), List.of(), List.of()));
    }

    @Test
    void exactly_the_moments_that_a_recovery_can_stop_at_are_in_an_interval() {
        each((cluster, facts) -> {
            RecoveryWindow window = window(facts);
            for (SimulatedCluster.Timeline timeline : cluster.timelines) {
                List<SimulatedRecovery> ways = cluster.backups.stream()
                        .map(backup -> new SimulatedRecovery(cluster, backup, timeline.id()))
                        .toList();
                for (int record = 0; record < RECORDS; record++) {
                    int at = record;
                    assertThat(holds(of(window, timeline.id()), record))
                            .as("timeline %d, record %d", timeline.id(), record)
                            .isEqualTo(ways.stream().anyMatch(way -> way.canStopBefore(at)));
                }
            }
        });
    }

    @Test
    void the_planner_plans_for_each_position_in_an_interval_and_for_no_other() {
        each((cluster, facts) -> {
            RecoveryWindow window = window(facts);
            for (SimulatedCluster.Timeline timeline : cluster.timelines) {
                TimelineWindow told = of(window, timeline.id());
                for (int record = 0; record < RECORDS; record += 3) {
                    Lsn lsn = SimulatedCluster.lsn(record);
                    boolean planned = RecoveryPlanner.decide(
                                    facts,
                                    new RecoveryRequest(
                                            new RecoveryTarget.AtLsn(lsn, Bound.INCLUSIVE),
                                            new RecoveryTargetTimeline.Numbered(new TimelineId(timeline.id())),
                                            Optional.empty()))
                            instanceof RecoveryPlan;
                    boolean inside = told.intervals().stream()
                            .map(WindowInterval::range)
                            .anyMatch(range -> !lsn.isBefore(range.from()) && lsn.isBefore(range.to()));
                    assertThat(planned)
                            .as("timeline %d, record %d", timeline.id(), record)
                            .isEqualTo(inside);
                }
            }
        });
    }

    @Test
    void what_is_between_intervals_is_a_gap_and_what_a_gap_names_mends_it() {
        each((cluster, facts) -> {
            RecoveryWindow window = window(facts);
            for (TimelineWindow timeline : window.timelines()) {
                between(cluster, timeline);
                timeline.gaps().forEach(gap -> mend(cluster, timeline, gap));
            }
        });
        assertThat(gaps).isGreaterThan(CLUSTERS / 4);
        assertThat(mended).isGreaterThan(CLUSTERS / 4);
    }

    private void between(SimulatedCluster cluster, TimelineWindow timeline) {
        List<WindowInterval> intervals = timeline.intervals();
        for (int i = 0; i < intervals.size(); i++) {
            ReachableRange range = intervals.get(i).range();
            List<WindowGap> behind = timeline.gaps().stream()
                    .filter(gap -> gap.from().equals(range.to()))
                    .toList();
            boolean isLast = i == intervals.size() - 1;
            if (!isLast || range.ending() == ReachableRange.Ending.HOLE) {
                assertThat(behind).as("behind %s", range).hasSize(1);
                assertThat(behind.get(0).until().map(backup -> backup.id()))
                        .isEqualTo(
                                isLast
                                        ? Optional.empty()
                                        : Optional.of(
                                                intervals.get(i + 1).range().backup()));
            } else if (!behind.isEmpty()) {
                // A backup that ended later tells that there was more.
                assertThat(cluster.backups)
                        .as("behind %s: %s", range, behind)
                        .anySatisfy(backup -> assertThat(backup.stopLsn()).isGreaterThan(range.to()));
            }
        }
        gaps += timeline.gaps().size();
    }

    /** With all that is missing back in the archive there is no such gap. */
    private void mend(SimulatedCluster cluster, TimelineWindow timeline, WindowGap gap) {
        Set<WalSegmentName> back = new HashSet<>();
        for (GapCause cause : gap.causes()) {
            GapCause.MissingSegments missing = (GapCause.MissingSegments) cause;
            TimelineHistory way = timeline.history().orElseThrow();
            long first = missing.first().number(FactsBuilder.SIZE);
            long last = missing.last().number(FactsBuilder.SIZE);
            assertThat(last - first + 1).isEqualTo(missing.count());
            for (long segment = first; segment <= last; segment++) {
                WalSegmentName name = WalSegmentName.of(owner(way, segment), segment, FactsBuilder.SIZE);
                assertThat(cluster.files)
                        .doesNotContainKey(new SimulatedCluster.File(
                                        (int) name.timeline().value(), (int) segment, WalRange.Form.WHOLE)
                                .toString());
                back.add(name);
            }
        }
        TimelineWindow now = of(
                window(with(cluster.facts(), back)), (int) timeline.timeline().value());
        boolean before = timeline.intervals().stream()
                .anyMatch(interval -> interval.range().to().equals(gap.from()));
        Lsn until =
                gap.until().map(backup -> backup.stopLsn()).orElse(gap.from().plus(before ? 1 : 0));
        assertThat(now.intervals())
                .as("with %s, the gap of timeline %s from %s to %s", back, timeline.timeline(), gap.from(), until)
                .anySatisfy(interval -> {
                    assertThat(interval.range().from()).isLessThanOrEqualTo(gap.from());
                    assertThat(interval.range().to()).isGreaterThanOrEqualTo(until);
                });
        mended++;
    }

    /** The newest timeline that has begun in or before a segment: it has, or should have, that segment. */
    private static TimelineId owner(TimelineHistory way, long segment) {
        TimelineId owner = way.stretches().get(0).timeline();
        for (TimelineHistory.Stretch stretch : way.stretches()) {
            if (FactsBuilder.SIZE.segmentNumber(stretch.begin()) <= segment) {
                owner = stretch.timeline();
            }
        }
        return owner;
    }

    private static RecoveryFacts with(RecoveryFacts facts, Set<WalSegmentName> more) {
        ArchivedWal.Builder wal = ArchivedWal.builder();
        more.forEach(name -> wal.segment(name.timeline(), name.number(FactsBuilder.SIZE), 100));
        for (TimelineId timeline : facts.wal().timelines()) {
            facts.wal().runs(timeline).forEach(run -> {
                for (long segment = run.first(); segment <= run.last(); segment++) {
                    wal.segment(timeline, segment, 100);
                }
            });
            facts.wal().partials(timeline).forEach(segment -> wal.partial(timeline, segment));
            facts.wal()
                    .streamed(timeline)
                    .forEach(segment -> wal.streamed(
                            timeline,
                            segment,
                            facts.wal().streamedTo(timeline, segment).orElseThrow()));
        }
        return new RecoveryFacts(
                facts.segmentSize(), facts.backups(), facts.unreadable(), facts.histories(), wal.build(), facts.asOf());
    }

    @Test
    void a_timeline_whose_history_is_lost_is_followed_by_its_own_backups_alone_and_named() {
        each((cluster, facts) -> {
            Random random = new Random(cluster.files.hashCode());
            TimelineId without = new TimelineId(1 + random.nextInt(cluster.timelines.size()));
            Map<TimelineId, TimelineHistory> histories = new HashMap<>(facts.histories());
            if (histories.remove(without) == null) {
                return;
            }
            RecoveryFacts less = new RecoveryFacts(
                    facts.segmentSize(), facts.backups(), facts.unreadable(), histories, facts.wal(), facts.asOf());
            TimelineWindow told = of(window(less), (int) without.value());
            told.intervals()
                    .forEach(interval -> assertThat(interval.backups())
                            .allSatisfy(backup -> assertThat(backup.timeline()).isEqualTo(without)));
            boolean wal = facts.wal().timelines().contains(without);
            boolean oldest = wal && facts.wal().timelines().first().equals(without);
            if (told.intervals().isEmpty() && wal && !oldest) {
                lost++;
                assertThat(told.gaps())
                        .anySatisfy(gap -> assertThat(gap.causes())
                                .contains(new GapCause.MissingHistory(without, Optional.empty())));
            }
        });
        assertThat(lost).isGreaterThan(CLUSTERS / 10);
    }
}
