package org.pgpitr.it.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.TestDistribution;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;

/**
 * Server and receiver die by {@code kill -9} under a load of commits, and the cluster is recovered from the repository
 * alone, again and again. {@code -Dpgpitr.exposure.runs=20} makes it often, and then asserts how much may be lost;
 * {@code -Dpgpitr.synchronous.runs=100} the same for the synchronous standby.
 */
@Tag("scenario")
class LostServerTest {
    private static final long SEED = 20261121;

    @Test
    void what_the_periodic_stream_loses_is_the_newest_alone() throws Exception {
        int runs = Integer.getInteger("pgpitr.exposure.runs", 1);
        Duration worst = Duration.ZERO;
        try (Workspace work = new Workspace()) {
            Cluster source = source(work);
            Random random = new Random(SEED);
            long first = 1;
            for (int run = 0; run < runs; run++) {
                Commits commits;
                long killed;
                try (Streaming stream = Streaming.begin(source)) {
                    commits = new Commits(source.server(), 1, first);
                    awaitCommits(source, commits, 1);
                    Streaming.awaitDurable(source);
                    awaitCommits(source, commits, commits.count() + random.nextInt(2000));
                    killed = System.nanoTime();
                    stream.kill();
                    source.server().kill();
                }
                commits.awaitEnd();
                TreeSet<Long> recovered = recovered(source);
                Set<Long> lost = new TreeSet<>(commits.acknowledged().keySet());
                lost.removeAll(recovered);
                assertThat(recovered.tailSet(first))
                        .as("seed %d, run %d", SEED, run)
                        .isNotEmpty();
                assertThat(lost).allSatisfy(row -> assertThat(row).isGreaterThan(recovered.last()));
                Optional<Long> oldest = lost.stream()
                        .map(row -> commits.acknowledged().get(row))
                        .min(Comparator.naturalOrder());
                Duration exposure = Duration.ofNanos(killed - oldest.orElse(killed));
                worst = exposure.compareTo(worst) > 0 ? exposure : worst;
                System.out.println("run " + run + ": lost " + lost.size() + " of "
                        + commits.acknowledged().size() + " commits, the oldest " + exposure.toMillis() + " ms old");
                first = commits.behind();
                source.server().start();
            }
        }
        if (runs > 1) {
            assertThat(worst).isLessThan(Duration.ofSeconds(2));
        }
    }

    @Test
    void of_a_synchronous_standby_no_acknowledged_commit_is_missing() throws Exception {
        int runs = Integer.getInteger("pgpitr.synchronous.runs", 2);
        try (Workspace work = new Workspace()) {
            Cluster source = source(work);
            source.pgpitr().variable("PGPITR_STREAM_SYNCHRONOUS", "true");
            Random random = new Random(SEED);
            Set<Long> promised = new HashSet<>();
            long first = 1;
            for (int run = 0; run < runs; run++) {
                Commits commits;
                try (Streaming stream = Streaming.begin(source)) {
                    if (run == 0) {
                        source.server()
                                .include(TestDistribution.sample("stream-synchronous.conf"))
                                .reload();
                    }
                    source.server()
                            .await(
                                    "the synchronous standby",
                                    () -> source.server()
                                            .rows("select application_name from pg_stat_replication"
                                                    + " where sync_state = 'sync'")
                                            .equals(List.of("pgpitr")));
                    commits = new Commits(source.server(), 4, first);
                    awaitCommits(source, commits, 50 + random.nextInt(200));
                    if (random.nextBoolean()) {
                        stream.kill();
                        source.server().kill();
                    } else {
                        source.server().kill();
                        stream.kill();
                    }
                }
                commits.awaitEnd();
                promised.addAll(commits.acknowledged().keySet());
                assertThat(recovered(source)).as("seed %d, run %d", SEED, run).containsAll(promised);
                System.out.println("run " + run + ": all of " + promised.size() + " acknowledged commits are there");
                first = commits.behind();
                source.server().start();
            }
        }
    }

    private static void awaitCommits(Cluster source, Commits commits, long count) {
        source.server().await(count + " commits", () -> commits.count() >= count);
    }

    private static Cluster source(Workspace work) {
        Cluster source = Streaming.cluster(work, Majors.newest(), Variant.DISK, "stream-alone.conf");
        source.server().execute("create table commits (row bigint)");
        Streaming.createSlot(source);
        try (Streaming stream = Streaming.begin(source)) {
            source.backup();
        }
        return source;
    }

    private static TreeSet<Long> recovered(Cluster source) {
        Cluster recovered = source.recover();
        TreeSet<Long> rows = recovered.server().rows("select row from commits").stream()
                .map(Long::valueOf)
                .collect(Collectors.toCollection(TreeSet::new));
        recovered.discard();
        return rows;
    }
}
