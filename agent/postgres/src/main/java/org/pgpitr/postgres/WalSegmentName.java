package org.pgpitr.postgres;

import java.util.Comparator;
import java.util.Optional;

/**
 * The name of a WAL segment: timeline, log and segment, eight hexadecimal digits each. Names order as their text does.
 * Which bytes of the WAL a name stands for depends on the cluster's segment size.
 *
 * @param timeline the timeline that wrote the segment
 * @param log the middle part, 0 to 2^32-1
 * @param segment the last part; below {@link WalSegmentSize#segmentsPerLog()} of the cluster
 */
public record WalSegmentName(TimelineId timeline, long log, long segment)
        implements WalFileName, Comparable<WalSegmentName> {
    private static final Comparator<WalSegmentName> ORDER = Comparator.comparing(WalSegmentName::timeline)
            .thenComparingLong(WalSegmentName::log)
            .thenComparingLong(WalSegmentName::segment);

    public WalSegmentName {
        if (log < 0 || log > 0xFFFF_FFFFL || segment < 0 || segment >= 4096) {
            throw new InvalidFormatException("not a WAL segment: log " + log + ", segment " + segment);
        }
    }

    /** The segment of that number ({@code XLogFileName}). */
    public static WalSegmentName of(TimelineId timeline, long segmentNumber, WalSegmentSize size) {
        return new WalSegmentName(
                timeline, segmentNumber / size.segmentsPerLog(), segmentNumber % size.segmentsPerLog());
    }

    /** The segment that holds the byte at {@code lsn}. */
    public static WalSegmentName containing(TimelineId timeline, Lsn lsn, WalSegmentSize size) {
        return of(timeline, size.segmentNumber(lsn), size);
    }

    /**
     * Reads 24 upper-case hexadecimal digits.
     *
     * @throws InvalidFormatException for any other text
     */
    public static WalSegmentName parse(String name) {
        return tryParse(name)
                .orElseThrow(() -> new InvalidFormatException("not the name of a WAL segment: \"" + name + "\""));
    }

    /** As {@link #parse}, empty for any other text. */
    public static Optional<WalSegmentName> tryParse(String name) {
        if (name.length() != 24 || !Hex.isUpper(name, 0, 24)) {
            return Optional.empty();
        }
        long timeline = Hex.parse(name, 0, 8);
        long segment = Hex.parse(name, 16, 24);
        if (timeline == 0 || segment >= 4096) {
            return Optional.empty();
        }
        return Optional.of(new WalSegmentName(new TimelineId(timeline), Hex.parse(name, 8, 16), segment));
    }

    /** Counted from the WAL's first byte ({@code XLogFromFileName}). */
    public long number(WalSegmentSize size) {
        return log * size.segmentsPerLog() + segment;
    }

    /** Whether a cluster of this segment size can have a segment of this name. */
    public boolean fits(WalSegmentSize size) {
        return segment < size.segmentsPerLog();
    }

    /** The first byte of the segment. */
    public Lsn start(WalSegmentSize size) {
        return size.start(number(size));
    }

    /** The first byte behind the segment. */
    public Lsn end(WalSegmentSize size) {
        return size.start(number(size) + 1);
    }

    /** The segment behind this one on the same timeline. */
    public WalSegmentName next(WalSegmentSize size) {
        return of(timeline, number(size) + 1, size);
    }

    /** The same part of the WAL on another timeline. */
    public WalSegmentName on(TimelineId other) {
        return new WalSegmentName(other, log, segment);
    }

    @Override
    public int compareTo(WalSegmentName other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return timeline.hex() + Hex.upper8(log) + Hex.upper8(segment);
    }
}
