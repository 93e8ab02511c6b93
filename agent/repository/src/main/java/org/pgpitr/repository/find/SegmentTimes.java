package org.pgpitr.repository.find;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Tells when a segment was written. */
interface SegmentTimes {
    /** The time of the first commit that is whole in a segment; empty if there is none, or it can't be read. */
    Optional<Instant> first(PathSegment segment);

    /** Segments of which some will be asked for: where it costs little memory, what tells of them is read side by side. */
    default void ahead(List<PathSegment> segments) {}
}
