package org.pgpitr.repository.find;

import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;

/**
 * An archived segment on the way along a timeline.
 *
 * @param file how it is archived
 * @param name of the segment
 * @param number of the segment
 * @param until where the way leaves it: records from there on belong to another timeline, or were not streamed
 */
record PathSegment(WalFileName file, WalSegmentName name, long number, Lsn until, Form form) {
    /** How it is there. */
    enum Form {
        WHOLE,
        PARTIAL,
        /** It was still being written: what was streamed of it. */
        STREAMED
    }

    /** Where what the way has of it ends. */
    Lsn end(WalSegmentSize size) {
        Lsn whole = name.end(size);
        return until.isBefore(whole) ? until : whole;
    }
}
