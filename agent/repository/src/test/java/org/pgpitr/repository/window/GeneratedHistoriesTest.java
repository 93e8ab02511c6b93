package org.pgpitr.repository.window;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.RestorePoint;
import org.pgpitr.postgres.wal.TransactionEnd;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.repository.index.WalIndex;
import org.pgpitr.repository.plan.FactsBuilder;
import org.pgpitr.repository.plan.RecoveryFacts;
import org.pgpitr.repository.plan.RecoveryWindow;
import org.pgpitr.repository.plan.TimelineWindow;
import org.pgpitr.repository.plan.WindowFacts;
import org.pgpitr.repository.plan.WindowInterval;
import org.pgpitr.repository.plan.WindowPlanner;
import org.pgpitr.repository.stream.StreamArchive;
import org.pgpitr.storage.memory.MemoryStore;

/** What the window tells of each interval, against histories of which everything is known; with real WAL. */
class GeneratedHistoriesTest {
    private static final long SEED = 20261128;
    /** {@code -Dpgpitr.histories=2000} for a longer run. */
    private static final int HISTORIES = Integer.getInteger("pgpitr.histories", 120);

    private int intervals;
    private int commits;
    private int points;

    @Test
    void commits_and_restore_points_of_each_interval_are_told_exactly() {
        for (int i = 0; i < HISTORIES; i++) {
            try {
                check(new Random(SEED + i));
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + (SEED + i), e);
            }
        }
        assertThat(intervals).isGreaterThan(HISTORIES);
        assertThat(commits).isGreaterThan(HISTORIES);
        assertThat(points).isGreaterThan(HISTORIES / 2);
    }

    private void check(Random random) throws Exception {
        ClusterIdentity cluster = WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE);
        Generation generation =
                new Repository(new MemoryStore(), new ClusterName("main"), Keys.none(), 1).create(cluster);
        MadeHistory history = new MadeHistory(generation, random);
        FactsBuilder builder = new FactsBuilder();
        history.backups(builder);
        RecoveryFacts made = builder.build();
        WalArchive archive = new WalArchive(generation);
        RecoveryFacts facts = new RecoveryFacts(
                cluster.segmentSize(),
                made.backups(),
                List.of(),
                archive.histories().orElseThrow(),
                archive.scan(new StreamArchive(generation).ends()),
                made.asOf());
        RecoveryWindow window = WindowPlanner.window(new WindowFacts(facts, new TreeMap<>()));
        try (WalIndex index = new WalIndex(generation, facts.wal(), 2)) {
            for (TimelineWindow timeline : window.timelines()) {
                for (WindowInterval interval : timeline.intervals()) {
                    check(history.of(timeline.timeline()).orElseThrow(), interval, generation, index);
                }
            }
        }
    }

    private void check(MadeHistory.Timeline timeline, WindowInterval interval, Generation generation, WalIndex index) {
        Lsn from = interval.range().from();
        Lsn to = interval.range().to();
        List<TransactionEnd> ends = timeline.ends.stream()
                .filter(end -> end.end().isAfter(from) && !end.end().isAfter(to))
                .toList();
        List<TransactionEnd> committed =
                ends.stream().filter(TransactionEnd::isCommit).toList();
        List<RestorePoint> named = timeline.points.stream()
                .filter(point -> point.lsn().isAfter(from) && !point.lsn().isAfter(to))
                .toList();
        Optional<Instant> latest = Stream.concat(
                        ends.stream().map(TransactionEnd::time), named.stream().map(RestorePoint::time))
                .max(Comparator.naturalOrder());

        IntervalContents told = new IntervalReader(generation, index, interval, segments -> {}).all();

        assertThat(told.first()).as("%s", interval).isEqualTo(committed.stream().findFirst());
        assertThat(told.last()).as("%s", interval).isEqualTo(committed.stream().reduce((a, b) -> b));
        assertThat(told.restorePoints()).isEqualTo(named);
        assertThat(told.restorePointCount()).isEqualTo(named.size());
        assertThat(told.latest()).isEqualTo(latest);
        IntervalContents end = new IntervalReader(generation, index, interval, segments -> {}).lastMoment();
        assertThat(end.latest().isPresent()).isEqualTo(latest.isPresent());
        end.last().ifPresent(last -> assertThat(told.last()).contains(last));
        intervals++;
        commits += committed.size();
        points += named.size();
    }
}
