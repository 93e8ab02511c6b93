package org.pgpitr.repository.index;

import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.postgres.wal.SegmentSummary;

/** Takes what the index tells, in the order of the WAL. */
@FunctionalInterface
public interface IndexVisitor {
    /** Whether to go on. */
    enum Next {
        CONTINUE,
        STOP
    }

    /** What one segment tells, or several that follow each other ({@link SegmentSummary#segments}). */
    Next visit(SegmentSummary summary);

    /**
     * A segment that is archived and whose WAL is broken, as one may be that no push has read.
     *
     * @throws BrokenWalException unless a visitor takes note of it and goes on
     */
    default Next broken(WalSegmentName segment, BrokenWalException why) {
        throw why;
    }

    /**
     * A segment whose object is damaged.
     *
     * @throws PgpitrException unless a visitor takes note of it and goes on
     */
    default Next damaged(WalSegmentName segment, PgpitrException why) {
        throw why;
    }
}
