package org.pgpitr.repository.index;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.archive.WalArchive;

/**
 * Lists a big archive in many stretches at a time. The roll-ups' names say where to part it; whether a segment is there,
 * the listing of the segments alone.
 */
public final class ArchiveListing {
    /** Ten years of WAL are a thousand answers of a store, which takes its time for each. */
    private static final int AT_A_TIME = 128;

    private ArchiveListing() {}

    /**
     * All archived segments; the same as {@link WalArchive#scan()}.
     *
     * @throws org.pgpitr.storage.StorageException if the store does not answer
     */
    public static ArchivedWal scan(Generation generation) {
        return scan(generation, Map.of());
    }

    /** As {@link #scan(Generation)}, with what pieces of a stream add, as {@link WalArchive#scan(Map)} has it. */
    public static ArchivedWal scan(Generation generation, Map<WalSegmentName, Lsn> streamed) {
        List<WalSegmentName> splits = new RolledUp(generation).splits();
        if (splits.isEmpty()) {
            return new WalArchive(generation).scan(streamed);
        }
        ExecutorService threads = Executors.newFixedThreadPool(Math.min(AT_A_TIME, splits.size() + 1), work -> {
            Thread thread = new Thread(work, "archive-listing");
            thread.setDaemon(true);
            return thread;
        });
        try {
            return new WalArchive(generation).scan(streamed, splits, threads);
        } finally {
            threads.shutdownNow();
        }
    }
}
