package org.pgpitr.repository.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keeps the pieces of a segment few. A quiet server may take days for a segment, with a piece each second; so whenever
 * {@value #STEP} pieces of one rung lie side by side, one bigger piece of the next rung takes their place. There are
 * never more than a few dozen then, and each byte is stored again only a few times. Pure; not safe for several threads.
 */
public final class PieceLadder {
    /** So many small pieces become a bigger one. */
    static final int STEP = 32;

    /**
     * What is to be done.
     *
     * @param whole the piece to be stored
     * @param parts to be deleted when that is durable
     */
    public record Fold(Piece whole, List<Piece> parts) {
        public Fold {
            parts = List.copyOf(parts);
        }
    }

    private record Rung(Piece piece, int level) {}

    private final long limit;
    private final List<Rung> rungs = new ArrayList<>();

    /** @param limit no piece becomes bigger, in bytes */
    public PieceLadder(long limit) {
        this.limit = limit;
    }

    /** Takes a piece that is stored; it begins where the last one ends, or the ladder begins anew with it. */
    public void add(Piece piece) {
        if (!rungs.isEmpty() && !rungs.get(rungs.size() - 1).piece().to().equals(piece.from())) {
            rungs.clear();
        }
        rungs.add(new Rung(piece, 0));
    }

    /** What is to be folded next; empty if nothing is. */
    public Optional<Fold> next() {
        if (rungs.size() < STEP) {
            return Optional.empty();
        }
        List<Rung> last = rungs.subList(rungs.size() - STEP, rungs.size());
        Piece whole = new Piece(
                last.get(0).piece().timeline(),
                last.get(0).piece().from(),
                last.get(STEP - 1).piece().to());
        boolean even = last.stream().allMatch(r -> r.level() == last.get(0).level());
        return even && whole.length() <= limit
                ? Optional.of(new Fold(whole, last.stream().map(Rung::piece).toList()))
                : Optional.empty();
    }

    /** The fold that {@link #next} gave is stored. */
    public void done(Fold fold) {
        int level = rungs.get(rungs.size() - 1).level() + 1;
        rungs.subList(rungs.size() - STEP, rungs.size()).clear();
        rungs.add(new Rung(fold.whole(), level));
    }
}
