package org.pgpitr.repository.stream;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.pgpitr.postgres.Lsn;

/**
 * The longest unbroken chain of pieces from a segment's start. Pure: it knows the pieces' names only.
 *
 * @param pieces those that touch the chain, in the order of their ranges; they may overlap
 * @param end the first byte that none of them holds; the segment's start if there is no chain
 */
public record PieceChain(List<Piece> pieces, Lsn end) {
    public PieceChain {
        pieces = List.copyOf(pieces);
    }

    /**
     * The chain.
     *
     * @param start the segment's first byte
     * @param pieces of that segment, in any order; those behind a gap are left out
     */
    public static PieceChain from(Lsn start, Collection<Piece> pieces) {
        List<Piece> linked = new ArrayList<>();
        Lsn end = start;
        for (Piece piece : pieces.stream().sorted().toList()) {
            if (piece.from().isAfter(end)) {
                break;
            }
            linked.add(piece);
            end = piece.to().isAfter(end) ? piece.to() : end;
        }
        return new PieceChain(linked, end);
    }
}
