package org.pgpitr.repository.plan;

import java.util.Optional;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;

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

    /** What of it lies in {@code [from, to]}, segments by number, both ends included; empty if nothing does. */
    public Optional<WalRange> within(long from, long to, WalSegmentSize size) {
        long begin = Math.max(from, first.number(size));
        long end = Math.min(to, last.number(size));
        return begin > end
                ? Optional.empty()
                : Optional.of(new WalRange(
                        timeline,
                        WalSegmentName.of(timeline, begin, size),
                        WalSegmentName.of(timeline, end, size),
                        form));
    }
}
