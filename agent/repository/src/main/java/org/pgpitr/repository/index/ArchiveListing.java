package org.pgpitr.repository.index;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.RepositoryLayout;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.storage.ObjectStore;

/**
 * Lists a big archive in several stretches at a time. The roll-ups' names say where to part it; whether a segment is
 * there, the listing of the segments alone.
 */
public final class ArchiveListing {
    /** A stretch of so many groups: about four answers of a store that gives a thousand names in one. */
    private static final int GROUPS_IN_STRETCH = 16;

    private ArchiveListing() {}

    /**
     * All archived segments; the same as {@link WalArchive#scan()}.
     *
     * @param atATime how many listings
     * @throws org.pgpitr.storage.StorageException if the store does not answer
     */
    public static ArchivedWal scan(Generation generation, int atATime) {
        return scan(generation, Map.of(), atATime);
    }

    /** As {@link #scan(Generation, int)}, with what pieces of a stream add, as {@link WalArchive#scan(Map)} has it. */
    public static ArchivedWal scan(Generation generation, Map<WalSegmentName, Lsn> streamed, int atATime) {
        List<WalSegmentName> splits = splits(generation);
        if (splits.isEmpty()) {
            return new WalArchive(generation).scan(streamed);
        }
        ExecutorService threads = Executors.newFixedThreadPool(atATime, work -> {
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

    private static List<WalSegmentName> splits(Generation generation) {
        RepositoryLayout layout = generation.layout();
        List<WalSegmentName> splits = new ArrayList<>();
        int[] groups = {0};
        generation.store().list(layout.indexPrefix(), (key, stat) -> {
            String name = key.lastPart();
            Optional<WalSegmentName> first = name.endsWith(layout.suffix())
                    ? WalSegmentName.tryParse(
                            name.substring(0, name.length() - layout.suffix().length()))
                    : Optional.empty();
            if (first.isPresent()
                    && layout.rollUp(Level.GROUP.segments(), first.get()).equals(key)
                    && groups[0]++ % GROUPS_IN_STRETCH == 0) {
                splits.add(first.get());
            }
            return ObjectStore.ListVisitor.Next.CONTINUE;
        });
        return splits;
    }
}
