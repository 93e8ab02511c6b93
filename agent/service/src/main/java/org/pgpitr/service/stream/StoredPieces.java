package org.pgpitr.service.stream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.WalSegmentHeader;
import org.pgpitr.repository.codec.Sha256;
import org.pgpitr.repository.stream.Piece;
import org.pgpitr.repository.stream.PieceLadder;

/**
 * What one repository holds in pieces of one segment that arrives. What is there already, from before a restart or from
 * another receiver, is held against what the server sends, and not stored again. Safe for several threads.
 */
final class StoredPieces {
    private final ReceivedSegment segment;
    private final PieceStore store;
    private final Lsn horizon;
    private final TreeSet<Piece> toCompare = new TreeSet<>();
    private final TreeSet<Piece> stored = new TreeSet<>();
    private final PieceLadder ladder;
    private Lsn durable;

    /** @param horizon from here on nothing can be there already */
    StoredPieces(ReceivedSegment segment, PieceStore store, Lsn horizon) {
        this.segment = segment;
        this.store = store;
        this.horizon = horizon;
        this.ladder = new PieceLadder(store.pieceBytes());
        this.durable = segment.start();
        if (segment.start().isBefore(horizon)) {
            toCompare.addAll(store.pieces().pieces(segment.name()));
        }
    }

    /** Up to where all is there. */
    synchronized Lsn durable() {
        return durable;
    }

    /** Stores what is not stored yet, up to {@code to}. Where what is there can't be compared yet, waits. */
    synchronized void put(Lsn to) {
        compare(to);
        if (to.minus(segment.start()) < WalSegmentHeader.LENGTH || isToBeCompared(to)) {
            return;
        }
        if (durable.equals(segment.start())) {
            store.requireFit(segment, segment.bytes(segment.start(), WalSegmentHeader.LENGTH));
        }
        while (durable.isBefore(to)) {
            Lsn end = to.minus(durable) > store.pieceBytes() ? durable.plus(store.pieceBytes()) : to;
            Piece piece = new Piece(segment.name().timeline(), durable, end);
            put(piece);
            ladder.add(piece);
            durable = end;
        }
    }

    private void put(Piece piece) {
        store.pieces().put(piece, segment.content(piece.from(), piece.to()));
        stored.add(piece);
    }

    /** Compares what is there with what has arrived, as far as that goes. */
    synchronized void compare(Lsn to) {
        for (Piece piece : List.copyOf(toCompare)) {
            if (!piece.to().isAfter(to)) {
                toCompare.remove(piece);
                if (store.pieces().requireSame(piece, digest(piece))) {
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

    /** Puts one bigger piece in the place of many small ones. */
    synchronized void fold() {
        while (store.deletes()) {
            Optional<PieceLadder.Fold> fold = ladder.next();
            if (fold.isEmpty()) {
                return;
            }
            put(fold.get().whole());
            ladder.done(fold.get());
            if (store.delete(fold.get().parts())) {
                stored.removeAll(fold.get().parts());
            }
        }
    }

    synchronized void deleteAll() {
        if (store.delete(stored)) {
            stored.clear();
        }
    }
}
