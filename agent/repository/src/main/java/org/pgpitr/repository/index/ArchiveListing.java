package org.pgpitr.repository.index;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.storage.StorageException;

/**
 * Lists a big archive in many stretches at a time. The roll-ups' names say where to part it; whether a segment is there,
 * the listing of the segments alone.
 */
public final class ArchiveListing {
    /** Ten years of WAL are a thousand answers of a store, which takes its time for each. */
    private static final int AT_A_TIME = 192;

    private final Generation generation;
    private final FutureTask<List<WalSegmentName>> splits;

    private ArchiveListing(Generation generation) {
        this.generation = generation;
        this.splits = new FutureTask<>(() -> new RolledUp(generation).splits());
    }

    /** Begins to read the roll-ups' names, while other things are read. */
    public static ArchiveListing begin(Generation generation) {
        ArchiveListing listing = new ArchiveListing(generation);
        daemon(listing.splits).start();
        return listing;
    }

    /**
     * All archived segments; the same as {@link WalArchive#scan()}.
     *
     * @throws StorageException if the store does not answer
     */
    public static ArchivedWal scan(Generation generation) {
        return begin(generation).scan(Map.of());
    }

    /**
     * All segments that are archived now, with what pieces of a stream add, as {@link WalArchive#scan(Map)} has it.
     *
     * @throws StorageException if the store does not answer
     */
    public ArchivedWal scan(Map<WalSegmentName, Lsn> streamed) {
        List<WalSegmentName> parts = awaitSplits();
        if (parts.isEmpty()) {
            return new WalArchive(generation).scan(streamed);
        }
        ExecutorService threads =
                Executors.newFixedThreadPool(Math.min(AT_A_TIME, parts.size() + 1), ArchiveListing::daemon);
        try {
            return new WalArchive(generation).scan(streamed, parts, threads);
        } finally {
            threads.shutdownNow();
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "archive-listing");
        thread.setDaemon(true);
        return thread;
    }

    private List<WalSegmentName> awaitSplits() {
        try {
            return splits.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(StorageException.Kind.INTERRUPTED, "interrupted while listing the index", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new IllegalStateException("listing the index", e.getCause());
        }
    }
}
