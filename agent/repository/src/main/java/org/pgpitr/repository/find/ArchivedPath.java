package org.pgpitr.repository.find;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PartialSegmentName;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineHistory.Stretch;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.find.PathSegment.Form;
import org.pgpitr.repository.plan.IncompleteSegment;
import org.pgpitr.repository.plan.RecoveryFacts;
import org.pgpitr.repository.plan.WalRange;

/**
 * All archived segments along a timeline and those it comes from, in order, with holes where some are missing. Kept as
 * runs, so that a million of them take no memory to speak of. Of the segment that was being written there is what was
 * streamed, or archived as a partial one, whichever goes further.
 */
final class ArchivedPath {
    /** Where a segment is left that is read to its end. */
    static final Lsn NEVER = new Lsn(-1);

    private record Run(TimelineId timeline, long first, long last, Lsn until, Form form) {}

    private final WalSegmentSize size;
    private final List<Run> runs = new ArrayList<>();
    private final List<Integer> firstIndexes = new ArrayList<>();
    private int count;

    ArchivedPath(RecoveryFacts facts, TimelineId timeline) {
        this.size = facts.segmentSize();
        TimelineHistory history =
                Optional.ofNullable(facts.histories().get(timeline)).orElseGet(() -> TimelineHistory.root(timeline));
        List<Run> found = new ArrayList<>();
        List<Stretch> stretches = history.stretches();
        for (int i = 0; i < stretches.size(); i++) {
            collect(facts, stretches, i, found);
        }
        found.sort(Comparator.comparingLong(Run::first));
        for (Run run : found) {
            runs.add(run);
            firstIndexes.add(count);
            count += (int) (run.last() - run.first() + 1);
        }
    }

    private void collect(RecoveryFacts facts, List<Stretch> stretches, int index, List<Run> found) {
        ArchivedWal wal = facts.wal();
        TimelineId timeline = stretches.get(index).timeline();
        long first = size.segmentNumber(stretches.get(index).begin());
        boolean isLast = index == stretches.size() - 1;
        long switched = isLast
                ? Long.MAX_VALUE
                : size.segmentNumber(stretches.get(index + 1).begin());
        for (ArchivedWal.Run run : wal.runs(timeline)) {
            long from = Math.max(run.first(), first);
            long to = Math.min(run.last(), switched - 1);
            if (from <= to) {
                found.add(new Run(timeline, from, to, NEVER, Form.WHOLE));
            }
        }
        if (isLast) {
            Stream.concat(wal.partials(timeline).stream(), wal.streamed(timeline).stream())
                    .distinct()
                    .filter(number -> number >= first && !wal.contains(timeline, number))
                    .filter(number -> wal.containsPartial(timeline, number)
                            || number > wal.last(timeline).orElse(-1))
                    .forEach(number -> addIncomplete(facts, timeline, number, NEVER, found));
        } else if (switched >= first
                && stretches.stream().skip(index + 1L).noneMatch(later -> has(wal, later, switched))) {
            Lsn until = stretches.get(index + 1).begin();
            if (wal.contains(timeline, switched)) {
                found.add(new Run(timeline, switched, switched, until, Form.WHOLE));
            } else {
                addIncomplete(facts, timeline, switched, until, found);
            }
        }
    }

    private static void addIncomplete(
            RecoveryFacts facts, TimelineId timeline, long number, Lsn until, List<Run> found) {
        IncompleteSegment.of(facts, timeline, number).ifPresent(there -> {
            boolean streamed = there.form() == WalRange.Form.STREAMED;
            Lsn end = streamed && there.end().isBefore(until) ? there.end() : until;
            found.add(new Run(timeline, number, number, end, streamed ? Form.STREAMED : Form.PARTIAL));
        });
    }

    /** Whether a later timeline holds that segment, with a copy of what the earlier one wrote up to the switch. */
    private boolean has(ArchivedWal wal, Stretch later, long segment) {
        return size.segmentNumber(later.begin()) == segment && wal.contains(later.timeline(), segment);
    }

    int size() {
        return count;
    }

    PathSegment get(int index) {
        int run = java.util.Collections.binarySearch(firstIndexes, index);
        run = run >= 0 ? run : -run - 2;
        Run of = runs.get(run);
        long number = of.first() + index - firstIndexes.get(run);
        WalSegmentName name = WalSegmentName.of(of.timeline(), number, size);
        return new PathSegment(
                of.form() == Form.PARTIAL ? new PartialSegmentName(name) : name, name, number, of.until(), of.form());
    }

    /** The first one that ends behind a position; {@link #size()} if there is none. */
    int firstBehind(Lsn position) {
        long wanted = size.segmentNumber(position);
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (get(middle).number() < wanted) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
