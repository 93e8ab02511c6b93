package org.pgpitr.service.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.repository.Repository;
import org.pgpitr.service.archive.ArchivePush;
import org.pgpitr.service.archive.PushLimits;
import org.pgpitr.service.archive.RepositoriesException;

/**
 * Pushes for as long as the agent lives. What a push has learnt of the repositories is used for a minute, so that a
 * segment does not cost several questions to the store, and a new generation is seen all the same. Of several
 * repositories those that are away are left out until they are asked again; what they lack is not archived.
 */
public final class LastingPush implements Consumer<Path> {
    private static final long MEMORY_NANOS = Duration.ofMinutes(1).toNanos();

    private final List<Repository> repositories;
    private final Path dataDirectory;
    private final Consumer<SegmentSummary> archived;
    private final PushLimits limits;
    private final AwayRepositories away;
    private ArchivePush push;
    private long since;

    /**
     * @param limits of all pushes at once
     * @param archived hears what a whole segment that was archived tells
     */
    public LastingPush(
            List<Repository> repositories, Path dataDirectory, PushLimits limits, Consumer<SegmentSummary> archived) {
        this.repositories = repositories;
        this.dataDirectory = dataDirectory;
        this.limits = limits;
        this.away = new AwayRepositories(repositories);
        this.archived = archived;
    }

    /** @throws RuntimeException as {@link ArchivePush#push(Path)} */
    @Override
    public void accept(Path file) {
        ArchivePush.Result result = push(file);
        if (result.name() instanceof WalSegmentName) {
            result.summary().ifPresent(archived);
        }
    }

    private ArchivePush.Result push(Path file) {
        Map<Repository, Throwable> leftOut = away.begin();
        try {
            ArchivePush.Result result = current().push(file, leftOut);
            away.ended(leftOut, Map.of());
            return result;
        } catch (RepositoriesException e) {
            away.ended(leftOut, e.failures());
            throw e;
        } catch (RuntimeException | Error e) {
            away.abandoned(leftOut);
            throw e;
        }
    }

    private synchronized ArchivePush current() {
        if (push == null || System.nanoTime() - since > MEMORY_NANOS) {
            push = new ArchivePush(repositories, dataDirectory, limits);
            since = System.nanoTime();
        }
        return push;
    }
}
