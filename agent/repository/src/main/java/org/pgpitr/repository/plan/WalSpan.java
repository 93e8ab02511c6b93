package org.pgpitr.repository.plan;

import org.pgpitr.postgres.TimelineId;

/**
 * A stretch of WAL by its segments' numbers, be they archived or not.
 *
 * @param timeline in their names
 * @param first the first of them
 * @param last the last of them, included; {@link #OPEN}: and all that ever follow
 */
public record WalSpan(TimelineId timeline, long first, long last) {
    public static final long OPEN = Long.MAX_VALUE;

    /** Whether this stretch holds all of {@code other}. */
    public boolean contains(WalSpan other) {
        return timeline.equals(other.timeline) && first <= other.first && last >= other.last;
    }
}
