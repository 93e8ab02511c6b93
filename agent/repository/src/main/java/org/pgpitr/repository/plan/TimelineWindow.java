package org.pgpitr.repository.plan;

import java.util.List;
import java.util.Optional;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineId;

/**
 * What can be recovered along one timeline and those that it comes from.
 *
 * @param timeline the one to follow ({@code --target-timeline})
 * @param history its way; empty if it is not known, so that it can't be followed
 * @param intervals by their positions
 * @param gaps by their positions
 */
public record TimelineWindow(
        TimelineId timeline, Optional<TimelineHistory> history, List<WindowInterval> intervals, List<WindowGap> gaps) {
    public TimelineWindow {
        intervals = List.copyOf(intervals);
        gaps = List.copyOf(gaps);
    }
}
