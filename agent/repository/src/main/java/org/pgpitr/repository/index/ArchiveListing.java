package org.pgpitr.repository.index;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Threads;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.storage.StorageException;

/**
 * Lists a big archive in many stretches at a time. The roll-ups' names say where to part it; whether a segment is there,
 * the listing of the segments alone.
 */
public final class ArchiveListing {
    /** Ten years of WAL are a thousand answers of a store, which takes its time for each. */
    private static final int AT_A_TIME = 224;

    private static final String INDEX = "listing the index";

    private static final ThreadFactory THREADS = Threads.daemons("archive-listing");

    private final Generation generation;
    private final Future<RolledUp> rolledUp;

    private ArchiveListing(Generation generation) {
        this.generation = generation;
        this.rolledUp = Threads.begin(INDEX, () -> RolledUp.read(generation));
    }

    /** Begins to read the roll-ups' names, while other things are read. */
    public static ArchiveListing begin(Generation generation) {
        return new ArchiveListing(generation);
    }

    /**
     * The roll-ups' names, as they were when this was begun.
     *
     * @throws StorageException if the store does not answer
     */
    public RolledUp rolledUp() {
        return Threads.result(rolledUp, INDEX);
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
        List<WalSegmentName> parts = rolledUp().splits();
        if (parts.isEmpty()) {
            return new WalArchive(generation).scan(streamed);
        }
        ExecutorService threads = Executors.newFixedThreadPool(Math.min(AT_A_TIME, parts.size() + 1), THREADS);
        try {
            return new WalArchive(generation).scan(streamed, parts, threads);
        } finally {
            threads.shutdownNow();
        }
    }
}
