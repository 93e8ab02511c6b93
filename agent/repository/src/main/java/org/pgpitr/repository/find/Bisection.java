package org.pgpitr.repository.find;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds moments in the WAL: commit times grow along it, by and large. */
final class Bisection {
    /** What so many halvings may ask for is asked for at once. */
    private static final int AHEAD = 4;

    private final ArchivedPath path;
    private final SegmentTimes times;

    Bisection(ArchivedPath path, SegmentTimes times) {
        this.path = path;
        this.times = times;
    }

    /** The first segment from {@code from} on whose first commit is later than {@code time}; the path's size if none. */
    int firstLater(Instant time, int from) {
        int low = from;
        int high = path.size();
        for (int step = 0; low < high; step++) {
            if (step % AHEAD == 0) {
                List<PathSegment> asked = new ArrayList<>();
                middles(low, high, AHEAD, asked);
                times.ahead(asked);
            }
            int middle = (low + high) >>> 1;
            int told = middle;
            Optional<Instant> first = times.first(path.get(told));
            while (first.isEmpty() && told + 1 < high) {
                told++;
                first = times.first(path.get(told));
            }
            if (first.isPresent() && !first.get().isAfter(time)) {
                low = told + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private void middles(int low, int high, int steps, List<PathSegment> found) {
        if (low < high && steps > 0) {
            int middle = (low + high) >>> 1;
            found.add(path.get(middle));
            middles(low, middle, steps - 1, found);
            middles(middle + 1, high, steps - 1, found);
        }
    }

    /** As {@link #firstLater}, but behind the segments without a commit, of which it is not known when they were written. */
    int firstKnownLater(Instant time, int from) {
        int index = firstLater(time, from);
        while (index < path.size() && times.first(path.get(index)).isEmpty()) {
            index++;
        }
        return index;
    }
}
