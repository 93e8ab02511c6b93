package org.pgpitr.service.stream;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.repository.Generation;

/**
 * One repository that a stream goes into, in pieces. One thread may store them while another one archives whole segments.
 */
final class StreamTarget {
    private final PieceStore store;
    private final Lsn horizon;
    private final Map<ReceivedSegment, StoredPieces> segments = new ConcurrentHashMap<>();

    /** @param horizon from here on nothing can be there already: this is where the server stood when the stream began */
    StreamTarget(Generation generation, StreamOptions options, Lsn horizon) {
        this.store = new PieceStore(generation, options.pieceBytes());
        this.horizon = horizon;
    }

    private StoredPieces of(ReceivedSegment segment) {
        return segments.computeIfAbsent(segment, s -> new StoredPieces(s, store, horizon));
    }

    /** Up to where a segment is durable in pieces, from its start on. */
    Lsn durable(ReceivedSegment segment) {
        return of(segment).durable();
    }

    /** Stores what of the segment is not stored yet, up to {@code to}. Where what is there can't be compared yet, waits. */
    void put(ReceivedSegment segment, Lsn to) {
        of(segment).put(to);
    }

    /** Makes few bigger pieces of many small ones. */
    void fold(ReceivedSegment segment) {
        of(segment).fold();
    }

    /** Holds what is there of a segment against it, which is whole and about to be archived. */
    void compare(ReceivedSegment segment) {
        of(segment).compare(segment.end());
    }

    /** The pieces of the archived segment can go. */
    void cleanUp(ReceivedSegment segment) {
        of(segment).deleteAll();
        segments.remove(segment);
    }
}
