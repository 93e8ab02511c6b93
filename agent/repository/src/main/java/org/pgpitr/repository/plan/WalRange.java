package org.pgpitr.repository.plan;

import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;

/**
 * Archived segments of one timeline, one behind the other.
 *
 * @param timeline in their names
 * @param first the first of them
 * @param last the last of them
 * @param form how they are archived
 */
public record WalRange(TimelineId timeline, WalSegmentName first, WalSegmentName last, Form form) {
    /** How segments are archived. */
    public enum Form {
        WHOLE,
        /** As the one {@code .partial} that a promotion left; it is delivered under the segment's own name. */
        PARTIAL,
        /** In pieces of a stream, as far as they go; it is put together and delivered as a whole one. */
        STREAMED
    }
}
