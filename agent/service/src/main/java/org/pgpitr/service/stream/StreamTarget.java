package org.pgpitr.service.stream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.WalSegmentHeader;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.SegmentCheck;
import org.pgpitr.repository.codec.Sha256;
import org.pgpitr.repository.stream.Piece;
import org.pgpitr.repository.stream.PieceLadder;
import org.pgpitr.repository.stream.StreamArchive;
import org.pgpitr.service.archive.ArchivePush;
import org.pgpitr.storage.StorageException;

/**
 * One repository that a stream goes into, for one thread at a time. What is there already of a segment, from before a
 * restart or from another receiver, is held against what the server sends, and not stored again.
 */
final class StreamTarget {
    private final Generation generation;
    private final StreamArchive pieces;
    private final ArchivePush push;
    private final StreamOptions options;
    private final WalSegmentSize size;
    /** From here on nothing can be there already: this is where the server stood when the stream began. */
    private final Lsn horizon;

    private ReceivedSegment segment;
    private final TreeSet<Piece> toCompare = new TreeSet<>();
    private final TreeSet<Piece> stored = new TreeSet<>();
    private PieceLadder ladder;
    private boolean folding = true;
    private Lsn durable = Lsn.ZERO;

    StreamTarget(Repository repository, Generation generation, StreamOptions options, Lsn horizon) {
        this.generation = generation;
        this.pieces = new StreamArchive(generation);
        this.push = new ArchivePush(List.of(repository), Path.of(""));
        this.options = options;
        this.size = generation.identity().segmentSize();
        this.horizon = horizon;
    }

    Lsn durable() {
        return durable;
    }

    /** Stores what of the segment is not stored yet, up to {@code to}. Where what is there can't be compared yet, waits. */
    void put(ReceivedSegment received, Lsn to) {
        begin(received);
        compare(to);
        if (to.minus(received.start()) < WalSegmentHeader.LENGTH || isToBeCompared(to)) {
            return;
        }
        if (durable.equals(received.start())) {
            requireFit(received.bytes(received.start(), WalSegmentHeader.LENGTH));
        }
        while (durable.isBefore(to)) {
            Lsn end = to.minus(durable) > options.pieceBytes() ? durable.plus(options.pieceBytes()) : to;
            Piece piece = new Piece(received.name().timeline(), durable, end);
            put(piece);
            ladder.add(piece);
            durable = end;
        }
        fold();
    }

    private void put(Piece piece) {
        pieces.put(piece, segment.content(piece.from(), piece.to()));
        stored.add(piece);
    }

    private void begin(ReceivedSegment received) {
        if (received == segment) {
            return;
        }
        segment = received;
        durable = received.start();
        toCompare.clear();
        stored.clear();
        ladder = new PieceLadder(options.pieceBytes());
        if (received.start().isBefore(horizon)) {
            toCompare.addAll(pieces.pieces(received.name()));
        }
    }

    private void compare(Lsn to) {
        for (Piece piece : List.copyOf(toCompare)) {
            if (!piece.to().isAfter(to)) {
                toCompare.remove(piece);
                if (pieces.requireSame(piece, digest(piece))) {
                    stored.add(piece);
                    if (!piece.from().isAfter(durable) && piece.to().isAfter(durable)) {
                        durable = piece.to();
                        ladder.add(piece);
                    }
                }
            }
        }
    }

    private String digest(Piece piece) {
        try {
            return Sha256.of(segment.content(piece.from(), piece.to()));
        } catch (IOException e) {
            throw new UncheckedIOException("can't read what has arrived of " + segment.name(), e);
        }
    }

    /** Whether a piece that is there covers what would be stored now, and the server is about to send all of it. */
    private boolean isToBeCompared(Lsn to) {
        return toCompare.stream()
                .anyMatch(piece ->
                        !piece.from().isAfter(durable) && to.isBefore(piece.to()) && !horizon.isBefore(piece.to()));
    }

    private void requireFit(byte[] beginning) {
        SegmentCheck.misfit(segment.name(), generation.identity(), size.bytes(), beginning)
                .ifPresent(misfit -> {
                    throw new PgpitrException(
                            misfit.kind() == SegmentCheck.Kind.OTHER_CLUSTER ? ExitCode.WAL_CONFLICT : ExitCode.CORRUPT,
                            "WAL segment " + segment.name() + ", as PostgreSQL sends it, " + misfit.what(),
                            "`name` in [cluster] may be another cluster's; run `pgpitr check`");
                });
    }

    private void fold() {
        while (folding) {
            Optional<PieceLadder.Fold> fold = ladder.next();
            if (fold.isEmpty()) {
                return;
            }
            put(fold.get().whole());
            ladder.done(fold.get());
            delete(fold.get().parts());
        }
    }

    /** What can't be deleted does no harm; but then there is no use in folding. */
    private void delete(Collection<Piece> covered) {
        try {
            folding = folding && pieces.delete(covered).isEmpty();
        } catch (StorageException e) {
            if (e.kind() == StorageException.Kind.INTERRUPTED) {
                throw e;
            }
            folding = folding && e.isRetryable();
            return;
        }
        stored.removeAll(covered);
    }

    /** Archives the segment, which is whole. */
    void archive(ReceivedSegment received) {
        begin(received);
        compare(received.end());
        push.push(received.name(), received.content(received.start(), received.end()));
        durable = received.end();
    }

    /** The pieces of the archived segment can go. */
    void cleanUp() {
        delete(new ArrayList<>(stored));
    }
}
