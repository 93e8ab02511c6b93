package org.pgpitr.service.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.pgpitr.repository.Repository;
import org.pgpitr.service.archive.ArchivePush;

/**
 * Pushes for as long as the agent lives. What a push has learnt of the repositories is used for a minute, so that a
 * segment does not cost several questions to the store, and a new generation is seen all the same.
 */
public final class LastingPush implements Consumer<Path> {
    private static final long MEMORY_NANOS = Duration.ofMinutes(1).toNanos();

    private final List<Repository> repositories;
    private final Path dataDirectory;
    private ArchivePush push;
    private long since;

    public LastingPush(List<Repository> repositories, Path dataDirectory) {
        this.repositories = repositories;
        this.dataDirectory = dataDirectory;
    }

    @Override
    public void accept(Path file) {
        current().push(file);
    }

    private synchronized ArchivePush current() {
        if (push == null || System.nanoTime() - since > MEMORY_NANOS) {
            push = new ArchivePush(repositories, dataDirectory);
            since = System.nanoTime();
        }
        return push;
    }
}
