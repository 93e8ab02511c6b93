package org.pgpitr.service.prefetch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineHistory.Stretch;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;

/**
 * In which order a recovery asks for segments ({@code XLogFileReadAnyTLI} in {@code xlogrecovery.c}): of each segment
 * first for the one of the newest timeline that has begun by then.
 *
 * @param history of the timeline that the recovery goes to; empty if it is not known, or there is none
 */
record RecoveryPath(Optional<TimelineHistory> history, WalSegmentSize segmentSize) {
    /** The segments that come behind one, at most so many. */
    List<WalSegmentName> behind(WalSegmentName segment, int most) {
        List<WalSegmentName> all = new ArrayList<>();
        long number = segment.number(segmentSize);
        for (int i = 1; i <= most; i++) {
            all.add(WalSegmentName.of(timeline(segment.timeline(), number + i), number + i, segmentSize));
        }
        return all;
    }

    private TimelineId timeline(TimelineId from, long number) {
        List<Stretch> path = history.map(TimelineHistory::stretches).orElse(List.of());
        if (path.stream().noneMatch(stretch -> stretch.timeline().equals(from))) {
            return from; // a recovery along another timeline
        }
        return path.stream()
                .filter(stretch -> segmentSize.segmentNumber(stretch.begin()) <= number)
                .map(Stretch::timeline)
                .filter(timeline -> timeline.compareTo(from) >= 0)
                .reduce((older, newer) -> newer)
                .orElse(from);
    }
}
