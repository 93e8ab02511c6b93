package org.pgpitr.repository.stream;

import java.util.Comparator;
import java.util.Optional;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.RepositoryLayout;
import org.pgpitr.storage.ObjectKey;

/**
 * A range of the WAL of one timeline, within one segment.
 *
 * @param timeline that wrote it
 * @param from its first byte
 * @param to the first byte behind it; later than {@code from}
 */
public record Piece(TimelineId timeline, Lsn from, Lsn to) implements Comparable<Piece> {
    private static final int LSN_DIGITS = 16;
    private static final Comparator<Piece> ORDER =
            Comparator.comparing(Piece::timeline).thenComparing(Piece::from).thenComparing(Piece::to);

    public Piece {
        if (!from.isBefore(to)) {
            throw new IllegalArgumentException("an empty range of WAL: " + from + " to " + to);
        }
    }

    /** The piece whose object has that key; empty if no piece of a segment of that size has. */
    static Optional<Piece> at(RepositoryLayout layout, WalSegmentSize size, ObjectKey key) {
        String last = key.lastPart();
        String folder = key.value().substring(0, key.value().length() - last.length());
        if (last.length() != 2 * LSN_DIGITS + 1 + layout.suffix().length() || folder.length() < 9) {
            return Optional.empty();
        }
        try {
            TimelineId timeline = new TimelineId(Long.parseLong(folder, folder.length() - 9, folder.length() - 1, 16));
            Piece piece = new Piece(
                    timeline,
                    lsn(last.substring(0, LSN_DIGITS)),
                    lsn(last.substring(LSN_DIGITS + 1, 2 * LSN_DIGITS + 1)));
            return Optional.of(piece)
                    .filter(p ->
                            layout.piece(p.timeline(), p.from(), p.to()).equals(key) && p.isWithinOneSegment(size));
        } catch (IllegalArgumentException | InvalidFormatException notOurs) {
            return Optional.empty();
        }
    }

    private static Lsn lsn(String digits) {
        return new Lsn(Long.parseUnsignedLong(digits, 16));
    }

    private boolean isWithinOneSegment(WalSegmentSize size) {
        return size.segmentNumber(from) == size.segmentNumberBefore(to);
    }

    /** In bytes. */
    public long length() {
        return to.minus(from);
    }

    /** The segment it is a part of. */
    public WalSegmentName segment(WalSegmentSize size) {
        return WalSegmentName.containing(timeline, from, size);
    }

    /** What its object's tag calls it. */
    String tagName() {
        return timeline.hex() + "." + RepositoryLayout.range(from, to);
    }

    @Override
    public int compareTo(Piece other) {
        return ORDER.compare(this, other);
    }

    /** For people. */
    @Override
    public String toString() {
        return from + " to " + to + " of timeline " + timeline;
    }
}
