package org.pgpitr.service.stream;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.service.archive.ArchivePush;
import org.pgpitr.service.archive.PushLimits;

/**
 * One repository that a stream goes into. Pieces may be stored by one thread while another one archives whole segments.
 */
final class StreamTarget {
    private final ArchivePush push;
    private final PieceStore store;
    private final Lsn horizon;
    private final Map<ReceivedSegment, StoredPieces> segments = new ConcurrentHashMap<>();

    /**
     * @param limits of whole segments' pushes
     * @param horizon from here on nothing can be there already: this is where the server stood when the stream began
     */
    StreamTarget(Repository repository, Generation generation, StreamOptions options, PushLimits limits, Lsn horizon) {
        this.push = new ArchivePush(List.of(repository), Path.of(""), limits);
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

    /** Archives the segment, which is whole. */
    void archive(ReceivedSegment segment) {
        of(segment).compare(segment.end());
        push.push(segment.name(), segment.content(segment.start(), segment.end()));
    }

    /** The pieces of the archived segment can go. */
    void cleanUp(ReceivedSegment segment) {
        of(segment).deleteAll();
        segments.remove(segment);
    }
}
