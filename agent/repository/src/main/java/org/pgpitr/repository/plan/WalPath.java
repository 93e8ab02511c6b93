package org.pgpitr.repository.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineHistory.Stretch;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.archive.ArchivedWal;

/**
 * The archived WAL as a recovery along one path reads it ({@code XLogFileReadAnyTLI()} in
 * {@code src/backend/access/transam/xlogrecovery.c}): for each segment it asks for the newest timeline of the path that
 * has begun there, then for older ones, but never goes back behind the timeline it read last. The first segment of a
 * timeline holds a copy of what the segment of the same number held on the timeline before, up to the switch; the
 * older timeline's own segment is right up to there and wrong behind it, but PostgreSQL would read on.
 */
final class WalPath {
    /** A timeline that PostgreSQL tries; {@code end} is the first position that the path does not share with it. */
    private record Candidate(TimelineId timeline, long firstSegment, Optional<Lsn> end) {}

    /** What PostgreSQL gets for one segment; {@code end} is how far it is right, and {@code rest} what stands there. */
    private record Copy(TimelineId timeline, WalRange.Form form, Lsn end, Rest rest) {}

    /** What lies behind the end of a copy. */
    private enum Rest {
        NO_WAL,
        WAL_OF_OTHER_BRANCH
    }

    private final TimelineHistory path;
    private final List<Stretch> stretches;
    private final List<Candidate> newestFirst;
    private final RecoveryFacts facts;
    private final ArchivedWal wal;
    private final SortedMap<WalSegmentName, DamagedWal> damaged;
    private final WalSegmentSize size;

    WalPath(TimelineHistory path, RecoveryFacts facts) {
        this.path = path;
        this.stretches = path.stretches();
        this.facts = facts;
        this.wal = facts.wal();
        this.damaged = facts.damage().wal();
        this.size = facts.segmentSize();
        this.newestFirst = candidates();
    }

    TimelineHistory path() {
        return path;
    }

    /** The stretch a timeline has on this path; empty if the path is never on it. */
    Optional<Stretch> stretch(TimelineId timeline) {
        return stretches.stream().filter(s -> s.timeline().equals(timeline)).findFirst();
    }

    private List<Candidate> candidates() {
        List<Candidate> found = new ArrayList<>();
        Optional<Lsn> end = Optional.empty();
        List<TimelineHistory.Ancestor> ancestors = path.ancestors();
        for (int i = ancestors.size(); i >= 0; i--) {
            Lsn begin = i == 0 ? Lsn.ZERO : ancestors.get(i - 1).switchPoint();
            TimelineId timeline =
                    i == ancestors.size() ? path.timeline() : ancestors.get(i).timeline();
            found.add(new Candidate(timeline, size.segmentNumber(begin), end));
            end = Optional.of(end.isPresent() && end.get().isBefore(begin) ? end.get() : begin);
        }
        return found;
    }

    /** Walks from a segment to where the WAL ends. */
    Reach walk(long from) {
        long segment = firstMissing(from);
        Lsn start = size.start(segment);
        Optional<Copy> copy = copy(segment, from);
        Lsn end = copy.map(Copy::end).filter(e -> e.isAfter(start)).orElse(start);
        return new Reach(end, hole(segment, end, copy));
    }

    /** The first segment from {@code from} on that the timeline it belongs to has not archived whole. */
    long firstMissing(long from) {
        for (int i = owner(from); ; i++) {
            TimelineId timeline = stretches.get(i).timeline();
            long first = Math.max(from, firstSegment(i));
            if (i == stretches.size() - 1) {
                long last = wal.last(timeline).orElse(-1);
                return last < first
                        ? first
                        : wal.firstMissing(timeline, first, last).orElse(last + 1);
            }
            OptionalLong missing = wal.firstMissing(timeline, first, lastSegment(i));
            if (missing.isPresent()) {
                return missing.getAsLong();
            }
        }
    }

    /** The name that a segment has on this path. */
    WalSegmentName name(long segment) {
        return WalSegmentName.of(stretches.get(owner(segment)).timeline(), segment, size);
    }

    /** The first segment behind {@code segment} that the timeline it belongs to has archived whole. */
    OptionalLong nextOwned(long segment) {
        return next(segment, (i, timeline) -> {
            long first = Math.max(segment + 1, firstSegment(i));
            return nextWhole(timeline, first, lastSegment(i)).min();
        });
    }

    /** The first segment behind {@code segment} of which any timeline has archived something that is on this path. */
    OptionalLong nextArchived(long segment) {
        return next(segment, (i, timeline) -> {
            long first = Math.max(segment + 1, firstSegment(i));
            long last = stretches.get(i).end().map(size::segmentNumberBefore).orElse(Long.MAX_VALUE);
            return LongStream.concat(
                            nextWhole(timeline, first, last),
                            Stream.concat(wal.partials(timeline).stream(), wal.streamed(timeline).stream())
                                    .filter(incomplete -> incomplete >= first && incomplete <= last)
                                    .mapToLong(Long::longValue))
                    .min();
        });
    }

    /** Of each run that has segments from {@code first} to {@code last}, both ends included, the first of them. */
    private LongStream nextWhole(TimelineId timeline, long first, long last) {
        return wal.runs(timeline).stream()
                .mapToLong(run -> run.last() >= first ? Math.max(first, run.first()) : Long.MAX_VALUE)
                .filter(next -> next <= last && next < Long.MAX_VALUE);
    }

    private interface NextOfStretch {
        OptionalLong find(int stretch, TimelineId timeline);
    }

    private OptionalLong next(long segment, NextOfStretch search) {
        return IntStream.range(0, stretches.size())
                .mapToObj(i -> search.find(i, stretches.get(i).timeline()))
                .filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong)
                .filter(found -> found > segment)
                .min();
    }

    /** The newest stretch that has begun in or before that segment. */
    private int owner(long segment) {
        int i = stretches.size() - 1;
        while (i > 0 && firstSegment(i) > segment) {
            i--;
        }
        return i;
    }

    private long firstSegment(int stretch) {
        return size.segmentNumber(stretches.get(stretch).begin());
    }

    /** The last segment that no newer stretch has a copy of. */
    private long lastSegment(int stretch) {
        return stretch == stretches.size() - 1 ? Long.MAX_VALUE : firstSegment(stretch + 1) - 1;
    }

    /**
     * What a recovery that began at {@code from} gets for a segment; empty if there is nothing. Where a damaged file is what
     * it asks for, it ends with an error and looks no further.
     */
    private Optional<Copy> copy(long segment, long from) {
        TimelineId oldest = segment > from ? stretches.get(owner(segment - 1)).timeline() : new TimelineId(1);
        for (Candidate c : newestFirst) {
            if (c.firstSegment() > segment || c.timeline().compareTo(oldest) < 0) {
                continue;
            }
            if (damaged.containsKey(WalSegmentName.of(c.timeline(), segment, size))) {
                return Optional.empty();
            }
            Lsn whole = size.start(segment + 1);
            if (wal.contains(c.timeline(), segment)) {
                return Optional.of(
                        new Copy(c.timeline(), WalRange.Form.WHOLE, earlier(whole, c.end()), Rest.WAL_OF_OTHER_BRANCH));
            }
            Optional<Copy> incomplete = incomplete(c, segment);
            if (incomplete.isPresent()) {
                return incomplete;
            }
        }
        return Optional.empty();
    }

    private Optional<Copy> incomplete(Candidate c, long segment) {
        return IncompleteSegment.of(facts, c.timeline(), segment).map(found -> {
            Lsn end = earlier(found.end(), c.end());
            Rest rest = found.form() == WalRange.Form.STREAMED && end.isBefore(found.end())
                    ? Rest.WAL_OF_OTHER_BRANCH
                    : Rest.NO_WAL;
            return new Copy(c.timeline(), found.form(), end, rest);
        });
    }

    private static Lsn earlier(Lsn a, Optional<Lsn> b) {
        return b.isPresent() && b.get().isBefore(a) ? b.get() : a;
    }

    private Optional<Reach.Hole> hole(long segment, Lsn end, Optional<Copy> copy) {
        WalSegmentName missing = name(segment);
        if (damaged.containsKey(missing)) {
            return Optional.of(
                    new Reach.Hole(Reach.Kind.DAMAGED_WAL, damaged.get(missing).what()));
        }
        if (copy.isPresent() && copy.get().rest() == Rest.WAL_OF_OTHER_BRANCH) {
            return Optional.of(new Reach.Hole(
                    Reach.Kind.OTHER_BRANCH,
                    "WAL segment " + missing + " is not in the archive, and in its place PostgreSQL would read on in "
                            + missing.on(copy.get().timeline()) + ", beyond where timeline " + path.timeline()
                            + " leaves it at " + end));
        }
        if (isLaterWal(segment)) {
            return Optional.of(new Reach.Hole(
                    Reach.Kind.LATER_WAL, "WAL segment " + missing + " is not in the archive, although later WAL is"));
        }
        Lsn begin = stretches.get(stretches.size() - 1).begin();
        return end.isBefore(begin)
                ? Optional.of(new Reach.Hole(
                        Reach.Kind.LATER_TIMELINE,
                        "the archived WAL ends at " + end + ", before timeline " + path.timeline() + " begins at "
                                + begin + " (WAL segment " + missing + " is not in the archive)"))
                : Optional.empty();
    }

    private boolean isLaterWal(long segment) {
        for (int i = 0; i < stretches.size(); i++) {
            Stretch stretch = stretches.get(i);
            long first = Math.max(segment + 1, firstSegment(i));
            long last = stretch.end().map(size::segmentNumberBefore).orElse(Long.MAX_VALUE);
            if (first <= last && isArchived(stretch.timeline(), first, last)) {
                return true;
            }
        }
        return false;
    }

    private boolean isArchived(TimelineId timeline, long first, long last) {
        return wal.runs(timeline).stream().anyMatch(r -> r.last() >= first && r.first() <= last)
                || wal.partials(timeline).stream().anyMatch(p -> p >= first && p <= last)
                || wal.streamed(timeline).stream().anyMatch(s -> s >= first && s <= last);
    }

    /** The segments from {@code from} up to the position before {@code end}, which {@link #walk} must have reached. */
    List<WalRange> ranges(long from, Lsn end) {
        long lastNeeded = size.segmentNumberBefore(end);
        List<WalRange> ranges = new ArrayList<>();
        for (int i = owner(from); i < stretches.size() && Math.max(from, firstSegment(i)) <= lastNeeded; i++) {
            long first = Math.max(from, firstSegment(i));
            long last = Math.min(lastSegment(i), lastNeeded);
            TimelineId timeline = stretches.get(i).timeline();
            if (last == lastNeeded && !wal.contains(timeline, last)) {
                addWhole(ranges, timeline, first, last - 1);
                copy(last, from).ifPresent(c -> add(ranges, c.timeline(), lastNeeded, lastNeeded, c.form()));
            } else {
                addWhole(ranges, timeline, first, last);
            }
        }
        return ranges;
    }

    /** Those of which there is no object are put together from pieces that cover all of them. */
    private void addWhole(List<WalRange> ranges, TimelineId timeline, long first, long last) {
        long next = first;
        for (long inPieces : wal.inPieces(timeline)) {
            if (inPieces >= first && inPieces <= last) {
                add(ranges, timeline, next, inPieces - 1, WalRange.Form.WHOLE);
                add(ranges, timeline, inPieces, inPieces, WalRange.Form.STREAMED);
                next = inPieces + 1;
            }
        }
        add(ranges, timeline, next, last, WalRange.Form.WHOLE);
    }

    private void add(List<WalRange> ranges, TimelineId timeline, long first, long last, WalRange.Form form) {
        if (first > last) {
            return;
        }
        WalSegmentName begin = WalSegmentName.of(timeline, first, size);
        WalSegmentName end = WalSegmentName.of(timeline, last, size);
        int previous = ranges.size() - 1;
        if (previous >= 0
                && form == WalRange.Form.WHOLE
                && ranges.get(previous).form() == form
                && ranges.get(previous).last().next(size).equals(begin)) {
            ranges.set(previous, new WalRange(timeline, ranges.get(previous).first(), end, form));
        } else {
            ranges.add(new WalRange(timeline, begin, end, form));
        }
    }

    /** How many bytes of the repository those are; those of a partial segment and of pieces are not known. */
    long storedBytes(List<WalRange> ranges) {
        return ranges.stream()
                .filter(r -> r.form() == WalRange.Form.WHOLE)
                .mapToLong(r -> wal.storedBytes(
                        r.timeline(), r.first().number(size), r.last().number(size)))
                .sum();
    }
}
