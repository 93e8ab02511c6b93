package org.pgpitr.service.stream;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.service.archive.LocalCluster;
import org.pgpitr.storage.StorageException;

/**
 * Looks from time to time whether {@code init --upgrade} has opened a generation behind the one that is streamed into. A
 * recovery from a backup of that one reads its WAL alone. The looks are beside the stream and hold nothing up.
 */
final class GenerationWatch {
    /** As long as the archiver takes what it knows of a repository for true. */
    static final Duration INTERVAL = Duration.ofMinutes(1);

    private final List<Repository> repositories;
    private final List<Generation> generations;
    private final Duration interval;

    /** @param generations those that are streamed into, one a repository, in their order */
    GenerationWatch(List<Repository> repositories, List<Generation> generations, Duration interval) {
        this.repositories = repositories;
        this.generations = generations;
        this.interval = interval;
    }

    /**
     * Looks until it is interrupted.
     *
     * @throws NewGenerationException if there is one
     * @throws PgpitrException if the cluster is no longer in a repository
     */
    void watch() throws InterruptedException {
        while (true) {
            TimeUnit.NANOSECONDS.sleep(interval.toNanos());
            look();
        }
    }

    private void look() {
        for (int i = 0; i < repositories.size(); i++) {
            Generation streamed = generations.get(i);
            Generation newest;
            try {
                newest = LocalCluster.generation(
                        repositories.get(i), Optional.of(streamed.identity().systemIdentifier()));
            } catch (StorageException e) {
                continue; // that a store fails shows where WAL is stored; the next look asks again
            }
            if (newest.number() != streamed.number()) {
                throw new NewGenerationException(streamed, newest);
            }
        }
    }
}
