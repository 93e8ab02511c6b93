package org.pgpitr.repository.archive;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;

/**
 * Which segments an archive holds, as a listing told; segments are numbered as in {@link
 * org.pgpitr.postgres.WalSegmentName#number}. Immutable and compact: 16 bytes a segment.
 */
public final class ArchivedWal {
    /** Whole segments without a gap, both ends included. */
    public record Run(TimelineId timeline, long first, long last) {}

    private final TreeMap<TimelineId, Segments> timelines;
    private final long unknownObjects;

    private ArchivedWal(TreeMap<TimelineId, Segments> timelines, long unknownObjects) {
        this.timelines = timelines;
        this.unknownObjects = unknownObjects;
    }

    public static ArchivedWal empty() {
        return new Builder().build();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The timelines of which there is a segment, whole, partial or in pieces. */
    public SortedSet<TimelineId> timelines() {
        return Collections.unmodifiableSortedSet(timelines.navigableKeySet());
    }

    /** Whether the whole segment is archived, be it as one object or {@linkplain #inPieces in pieces}. */
    public boolean contains(TimelineId timeline, long segment) {
        return of(timeline).indexOf(segment) >= 0;
    }

    /** Whether the segment is archived as {@code .partial}, be it archived whole too or not. */
    public boolean containsPartial(TimelineId timeline, long segment) {
        return of(timeline).partials.contains(segment);
    }

    /**
     * How far pieces of a stream cover a segment from its start on, be it archived whole too or not; empty if there are
     * none.
     */
    public Optional<Lsn> streamedTo(TimelineId timeline, long segment) {
        return Optional.ofNullable(of(timeline).streamed.get(segment));
    }

    /** The segments of a timeline of which there are pieces of a stream, in order. */
    public SortedSet<Long> streamed(TimelineId timeline) {
        return Collections.unmodifiableSortedSet(of(timeline).streamed.navigableKeySet());
    }

    /** The whole segments of a timeline that are there only in pieces of a stream, which cover all of them; in order. */
    public SortedSet<Long> inPieces(TimelineId timeline) {
        return Collections.unmodifiableSortedSet(of(timeline).inPieces);
    }

    /** The partial segments of a timeline, in order. */
    public SortedSet<Long> partials(TimelineId timeline) {
        return Collections.unmodifiableSortedSet(of(timeline).partials);
    }

    /** The first whole segment of {@code [from, to]}, both ends included, that is not archived; empty if all are. */
    public OptionalLong firstMissing(TimelineId timeline, long from, long to) {
        Segments segments = of(timeline);
        if (from > to) {
            return OptionalLong.empty();
        }
        int index = segments.indexOf(from);
        if (index < 0) {
            return OptionalLong.of(from);
        }
        long missing = segments.numbers[segments.endOfRun(index)] + 1;
        return missing > to ? OptionalLong.empty() : OptionalLong.of(missing);
    }

    /** The first whole segment of a timeline; empty if there is none. */
    public OptionalLong first(TimelineId timeline) {
        long[] numbers = of(timeline).numbers;
        return numbers.length == 0 ? OptionalLong.empty() : OptionalLong.of(numbers[0]);
    }

    /** The last whole segment of a timeline; empty if there is none. */
    public OptionalLong last(TimelineId timeline) {
        long[] numbers = of(timeline).numbers;
        return numbers.length == 0 ? OptionalLong.empty() : OptionalLong.of(numbers[numbers.length - 1]);
    }

    /** The whole segments of a timeline as runs without a gap, in order; more than one run means a hole. */
    public List<Run> runs(TimelineId timeline) {
        Segments segments = of(timeline);
        List<Run> runs = new ArrayList<>();
        for (int i = 0; i < segments.numbers.length; i++) {
            int end = segments.endOfRun(i);
            runs.add(new Run(timeline, segments.numbers[i], segments.numbers[end]));
            i = end;
        }
        return runs;
    }

    /** How many bytes the whole segments of {@code [from, to]}, both ends included, take in the repository, without pieces. */
    public long storedBytes(TimelineId timeline, long from, long to) {
        Segments segments = of(timeline);
        return from > to
                ? 0
                : segments.bytesBefore[segments.lowerBound(to + 1)] - segments.bytesBefore[segments.lowerBound(from)];
    }

    /** How many objects stood among the segments that are no WAL file's; they were passed over. */
    public long unknownObjects() {
        return unknownObjects;
    }

    /** The same without a segment, be it whole, partial or in pieces. */
    public ArchivedWal without(WalSegmentName segment, WalSegmentSize size) {
        TreeMap<TimelineId, Segments> less = new TreeMap<>(timelines);
        less.computeIfPresent(segment.timeline(), (timeline, segments) -> segments.without(segment.number(size)));
        return new ArchivedWal(less, unknownObjects);
    }

    private Segments of(TimelineId timeline) {
        return timelines.getOrDefault(timeline, Segments.NONE);
    }

    private record Segments(
            long[] numbers,
            long[] bytesBefore,
            TreeSet<Long> partials,
            TreeMap<Long, Lsn> streamed,
            TreeSet<Long> inPieces) {
        static final Segments NONE =
                new Segments(new long[0], new long[1], new TreeSet<>(), new TreeMap<>(), new TreeSet<>());

        Segments without(long segment) {
            TreeSet<Long> otherPartials = new TreeSet<>(partials);
            otherPartials.remove(segment);
            TreeMap<Long, Lsn> otherStreamed = new TreeMap<>(streamed);
            otherStreamed.remove(segment);
            TreeSet<Long> otherInPieces = new TreeSet<>(inPieces);
            otherInPieces.remove(segment);
            int index = indexOf(segment);
            if (index < 0) {
                return new Segments(numbers, bytesBefore, otherPartials, otherStreamed, otherInPieces);
            }
            long[] less = new long[numbers.length - 1];
            System.arraycopy(numbers, 0, less, 0, index);
            System.arraycopy(numbers, index + 1, less, index, less.length - index);
            long bytes = bytesBefore[index + 1] - bytesBefore[index];
            long[] lessBefore = new long[bytesBefore.length - 1];
            for (int i = 0; i < lessBefore.length; i++) {
                lessBefore[i] = i <= index ? bytesBefore[i] : bytesBefore[i + 1] - bytes;
            }
            return new Segments(less, lessBefore, otherPartials, otherStreamed, otherInPieces);
        }

        int indexOf(long segment) {
            return Arrays.binarySearch(numbers, segment);
        }

        int lowerBound(long segment) {
            int index = indexOf(segment);
            return index >= 0 ? index : -index - 1;
        }

        int endOfRun(int index) {
            // numbers[i] - i is the same all along a run and grows behind it
            int low = index;
            int high = numbers.length - 1;
            while (low < high) {
                int middle = (low + high + 1) >>> 1;
                if (numbers[middle] - numbers[index] == middle - index) {
                    low = middle;
                } else {
                    high = middle - 1;
                }
            }
            return low;
        }
    }

    /** Collects a listing, in any order; quickest in that of the segments. */
    public static final class Builder {
        private static final long IN_PIECES = -1;

        private final Map<TimelineId, Found> segments = new HashMap<>();
        private final Map<TimelineId, Set<Long>> partials = new HashMap<>();
        private final Map<TimelineId, TreeMap<Long, Lsn>> streamed = new HashMap<>();
        private long unknownObjects;

        private Builder() {}

        private Found segments(TimelineId timeline) {
            return segments.computeIfAbsent(timeline, t -> new Found());
        }

        /** A whole segment; adding it again changes nothing. */
        public Builder segment(TimelineId timeline, long segment, long storedBytes) {
            segments(timeline).add(segment, storedBytes);
            return this;
        }

        public Builder partial(TimelineId timeline, long segment) {
            partials.computeIfAbsent(timeline, t -> new TreeSet<>()).add(segment);
            return this;
        }

        /** Pieces of a stream cover a segment from its start up to {@code end}. */
        public Builder streamed(TimelineId timeline, long segment, Lsn end) {
            streamed.computeIfAbsent(timeline, t -> new TreeMap<>()).put(segment, end);
            return this;
        }

        /** Pieces of a stream cover all of a segment; that counts as a whole one, where there is no object of it. */
        public Builder inPieces(TimelineId timeline, long segment) {
            return segment(timeline, segment, IN_PIECES);
        }

        /** An object that is no WAL file's. */
        public Builder unknown() {
            unknownObjects++;
            return this;
        }

        /** What another one has collected. */
        public Builder all(Builder other) {
            other.segments.forEach((timeline, found) -> segments(timeline).addAll(found));
            other.partials.forEach((timeline, all) -> all.forEach(segment -> partial(timeline, segment)));
            other.streamed.forEach((timeline, all) -> all.forEach((segment, end) -> streamed(timeline, segment, end)));
            unknownObjects += other.unknownObjects;
            return this;
        }

        public ArchivedWal build() {
            Set<TimelineId> all = new TreeSet<>(segments.keySet());
            all.addAll(partials.keySet());
            all.addAll(streamed.keySet());
            TreeMap<TimelineId, Segments> timelines = new TreeMap<>();
            for (TimelineId timeline : all) {
                timelines.put(
                        timeline,
                        compact(
                                segments.getOrDefault(timeline, new Found()),
                                new TreeSet<>(partials.getOrDefault(timeline, Set.of())),
                                new TreeMap<>(streamed.getOrDefault(timeline, new TreeMap<>()))));
            }
            return new ArchivedWal(timelines, unknownObjects);
        }

        private static Segments compact(Found found, TreeSet<Long> partials, TreeMap<Long, Lsn> streamed) {
            Found sorted = found.sorted();
            TreeSet<Long> inPieces = new TreeSet<>();
            long[] bytesBefore = new long[sorted.count + 1];
            for (int i = 0; i < sorted.count; i++) {
                bytesBefore[i + 1] = bytesBefore[i] + Math.max(0, sorted.bytes[i]);
                if (sorted.bytes[i] == IN_PIECES) {
                    inPieces.add(sorted.numbers[i]);
                }
            }
            return new Segments(Arrays.copyOf(sorted.numbers, sorted.count), bytesBefore, partials, streamed, inPieces);
        }
    }

    /** Segments and their lengths, without an object for each. */
    private static final class Found {
        private long[] numbers = new long[64];
        private long[] bytes = new long[64];
        private int count;
        private boolean isOrdered = true;

        void add(long number, long length) {
            reserve(1);
            isOrdered = isOrdered && (count == 0 || number > numbers[count - 1]);
            numbers[count] = number;
            bytes[count] = length;
            count++;
        }

        void addAll(Found other) {
            reserve(other.count);
            isOrdered = isOrdered
                    && other.isOrdered
                    && (count == 0 || other.count == 0 || other.numbers[0] > numbers[count - 1]);
            System.arraycopy(other.numbers, 0, numbers, count, other.count);
            System.arraycopy(other.bytes, 0, bytes, count, other.count);
            count += other.count;
        }

        private void reserve(int more) {
            if (count + more > numbers.length) {
                int length = Math.max(count + more, numbers.length + numbers.length / 2);
                numbers = Arrays.copyOf(numbers, length);
                bytes = Arrays.copyOf(bytes, length);
            }
        }

        /** By number, each once: as an object, where there are pieces of the same segment too. */
        Found sorted() {
            if (isOrdered) {
                return this;
            }
            long[] byNumber = Arrays.copyOf(numbers, count);
            Arrays.sort(byNumber);
            Found sorted = new Found();
            sorted.reserve(count);
            for (long number : byNumber) {
                if (sorted.count == 0 || number != sorted.numbers[sorted.count - 1]) {
                    sorted.add(number, Builder.IN_PIECES);
                }
            }
            for (int i = 0; i < count; i++) {
                int at = Arrays.binarySearch(sorted.numbers, 0, sorted.count, numbers[i]);
                sorted.bytes[at] = Math.max(sorted.bytes[at], bytes[i]);
            }
            return sorted;
        }
    }
}
