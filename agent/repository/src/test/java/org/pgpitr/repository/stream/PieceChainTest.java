package org.pgpitr.repository.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;

class PieceChainTest {
    private static final Lsn START = Lsn.parse("0/3000000");

    private static Piece piece(long from, long to) {
        return new Piece(TimelineId.FIRST, START.plus(from), START.plus(to));
    }

    private static PieceChain chain(Piece... pieces) {
        return PieceChain.from(START, List.of(pieces));
    }

    @Test
    void no_pieces_reach_nowhere() {
        assertThat(chain()).isEqualTo(new PieceChain(List.of(), START));
    }

    @Test
    void pieces_side_by_side_reach_as_far_as_the_last() {
        assertThat(chain(piece(10, 30), piece(0, 10)).end()).isEqualTo(START.plus(30));
    }

    @Test
    void the_chain_ends_before_a_gap() {
        PieceChain chain = chain(piece(0, 10), piece(11, 30));
        assertThat(chain.end()).isEqualTo(START.plus(10));
        assertThat(chain.pieces()).containsExactly(piece(0, 10));
    }

    @Test
    void without_the_segments_beginning_there_is_no_chain() {
        assertThat(chain(piece(1, 30)).pieces()).isEmpty();
    }

    @Test
    void pieces_that_others_cover_belong_to_the_chain_so_that_they_are_compared() {
        assertThat(chain(piece(0, 30), piece(0, 10), piece(10, 20)).pieces()).hasSize(3);
    }

    @RepeatedTest(200)
    void the_chain_ends_where_a_byte_by_byte_look_says(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        Random random = new Random(seed);
        boolean[] covered = new boolean[64];
        List<Piece> pieces = new ArrayList<>();
        for (int i = random.nextInt(12); i > 0; i--) {
            int from = random.nextInt(60);
            int to = from + 1 + random.nextInt(Math.min(12, 63 - from));
            pieces.add(piece(from, to));
            java.util.Arrays.fill(covered, from, to, true);
        }
        Collections.shuffle(pieces, random);
        int end = 0;
        while (covered[end]) {
            end++;
        }
        assertThat(PieceChain.from(START, pieces).end()).as("seed %d", seed).isEqualTo(START.plus(end));
    }
}
