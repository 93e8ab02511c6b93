package org.pgpitr.repository.find;

import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.wal.HeapRow;

/**
 * What a transaction did to a row of {@code pg_class}, as far as files of relations go with it.
 *
 * @param at where the record stands
 * @param file what is known of {@code relfilenode} in the new row, where {@code mask} has ones
 * @param mask 0 if there is no new row
 */
record StorageStep(Lsn at, Kind kind, long file, long mask) {
    private static final int RELFILENODE = 88;
    private static final long WHOLE = 0xFFFF_FFFFL;

    enum Kind {
        INSERTED,
        UPDATED,
        DELETED
    }

    static StorageStep deleted(Lsn at) {
        return new StorageStep(at, Kind.DELETED, 0, 0);
    }

    /**
     * Of a new row.
     *
     * @param from of how many bytes at its beginning nothing is known but that they are as they were
     * @return empty if nothing is known of its file, which is as it was then
     */
    static Optional<StorageStep> written(Lsn at, Kind kind, int from, HeapRow rest) {
        long file = 0;
        long mask = 0;
        for (int i = 0; i < 4; i++) {
            int byteAt = RELFILENODE + i - from;
            if (byteAt >= 0 && byteAt < rest.length()) {
                file |= (long) (rest.character(byteAt) & 0xFF) << 8 * i;
                mask |= 0xFFL << 8 * i;
            }
        }
        return mask == 0 ? Optional.empty() : Optional.of(new StorageStep(at, kind, file, mask));
    }

    /** The files of new rows, each of which is known whole. */
    static Set<Long> inserted(Collection<StorageStep> steps) {
        return steps.stream()
                .filter(step -> step.kind == Kind.INSERTED && step.mask == WHOLE)
                .map(StorageStep::file)
                .collect(Collectors.toSet());
    }

    /** Whether the new row may have that file. */
    boolean fits(long number) {
        return mask != 0 && (number & mask) == file;
    }
}
