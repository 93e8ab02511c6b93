package org.pgpitr.repository.find;

import java.time.Instant;
import java.util.Optional;

/** Tells when a segment was written. */
interface SegmentTimes {
    /** The time of the first transaction's end in a segment; empty if none ends in it, or it can't be read. */
    Optional<Instant> first(PathSegment segment);
}
