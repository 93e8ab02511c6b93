package org.pgpitr.repository.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;

class PieceLadderTest {
    private static final Lsn START = Lsn.parse("0/3000000");

    private static Piece piece(long from, long to) {
        return new Piece(TimelineId.FIRST, START.plus(from), START.plus(to));
    }

    @Test
    void a_day_of_pieces_each_second_is_a_few_dozen_objects_and_none_is_lost() {
        PieceLadder ladder = new PieceLadder(16 << 20);
        TreeSet<Piece> stored = new TreeSet<>();
        long written = 0;
        int seconds = 86_400;
        for (int second = 0; second < seconds; second++) {
            Piece piece = piece(second * 100L, second * 100L + 100);
            stored.add(piece);
            ladder.add(piece);
            written += piece.length();
            for (Optional<PieceLadder.Fold> fold = ladder.next(); fold.isPresent(); fold = ladder.next()) {
                stored.add(fold.get().whole());
                written += fold.get().whole().length();
                assertThat(stored).containsAll(fold.get().parts());
                stored.removeAll(fold.get().parts());
                ladder.done(fold.get());
            }
            assertThat(stored.size()).isLessThanOrEqualTo(4 * PieceLadder.STEP);
        }
        assertThat(PieceChain.from(START, stored).end()).isEqualTo(START.plus(seconds * 100L));
        assertThat(written).isLessThan(4L * seconds * 100);
    }

    @Test
    void no_piece_becomes_bigger_than_the_limit() {
        PieceLadder ladder = new PieceLadder(1000);
        for (int i = 0; i < 100; i++) {
            ladder.add(piece(i * 100L, i * 100L + 100));
            assertThat(ladder.next()).isEmpty();
        }
    }

    @Test
    void pieces_that_do_not_lie_side_by_side_are_not_folded() {
        PieceLadder ladder = new PieceLadder(1 << 20);
        for (int i = 0; i < 100; i++) {
            ladder.add(piece(i * 100L, i * 100L + (i % 10 == 0 ? 90 : 100)));
            assertThat(ladder.next()).isEmpty();
        }
    }
}
