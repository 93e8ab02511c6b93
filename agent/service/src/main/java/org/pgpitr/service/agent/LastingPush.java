package org.pgpitr.service.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.repository.Repository;
import org.pgpitr.service.archive.ArchivePush;
import org.pgpitr.service.archive.PushLimits;

/**
 * Pushes for as long as the agent lives. What a push has learnt of the repositories is used for a minute, so that a
 * segment does not cost several questions to the store, and a new generation is seen all the same.
 */
public final class LastingPush implements Consumer<Path> {
    private static final long MEMORY_NANOS = Duration.ofMinutes(1).toNanos();

    private final List<Repository> repositories;
    private final Path dataDirectory;
    private final Consumer<SegmentSummary> archived;
    private final PushLimits limits;
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
        this.archived = archived;
    }

    @Override
    public void accept(Path file) {
        ArchivePush.Result result = current().push(file);
        if (result.name() instanceof WalSegmentName) {
            result.summary().ifPresent(archived);
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
