package org.pgpitr.repository.find;

import java.time.Instant;
import java.util.Optional;

/** Finds moments in the WAL: commit times grow along it, by and large. */
final class Bisection {
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
        while (low < high) {
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

    /** As {@link #firstLater}, but behind the segments without a commit, of which it is not known when they were written. */
    int firstKnownLater(Instant time, int from) {
        int index = firstLater(time, from);
        while (index < path.size() && times.first(path.get(index)).isEmpty()) {
            index++;
        }
        return index;
    }
}
