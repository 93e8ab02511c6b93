package org.pgpitr.repository.find;

import java.time.Instant;
import java.util.Optional;

/** Tells when a segment was written. */
interface SegmentTimes {
    /** The time of the first commit that is whole in a segment; empty if there is none, or it can't be read. */
    Optional<Instant> first(PathSegment segment);
}
