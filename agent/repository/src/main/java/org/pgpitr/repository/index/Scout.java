package org.pgpitr.repository.index;

import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.postgres.wal.WalFacts;
import org.pgpitr.postgres.wal.WalRecord;

/** Looks for something along the WAL: by what stretches tell, and by records where that is not enough. */
public interface Scout {
    /** Whether to go on. */
    enum Next {
        CONTINUE,
        STOP
    }

    /**
     * Whether a stretch does not tell enough, so that its segments, or its records, are to be shown instead.
     *
     * @param facts of the stretch, with those of the record that ends in it and began before
     */
    boolean needsRecords(SegmentSummary stretch, WalFacts facts);

    /** Takes a stretch that tells enough. */
    Next take(SegmentSummary stretch, WalFacts facts);

    /** Takes a record. */
    Next take(WalRecord record);
}
