package org.pgpitr.repository.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.pgpitr.postgres.TimelineId;

class ArchivedWalTest {
    private static final TimelineId ONE = TimelineId.FIRST;
    private static final TimelineId TWO = new TimelineId(2);

    private static ArchivedWal.Builder with(long... segments) {
        ArchivedWal.Builder builder = ArchivedWal.builder();
        for (long s : segments) {
            builder.segment(ONE, s, 10);
        }
        return builder;
    }

    @Test
    void an_empty_archive_misses_everything() {
        ArchivedWal empty = ArchivedWal.empty();
        assertThat(empty.timelines()).isEmpty();
        assertThat(empty.contains(ONE, 0)).isFalse();
        assertThat(empty.firstMissing(ONE, 3, 5)).hasValue(3);
        assertThat(empty.first(ONE)).isEmpty();
        assertThat(empty.last(ONE)).isEmpty();
        assertThat(empty.runs(ONE)).isEmpty();
        assertThat(empty.storedBytes(ONE, 0, 9)).isZero();
    }

    @Test
    void holes_part_the_runs() {
        ArchivedWal wal = with(7, 3, 4, 5, 9, 10, 4).build();
        assertThat(wal.runs(ONE))
                .containsExactly(
                        new ArchivedWal.Run(ONE, 3, 5),
                        new ArchivedWal.Run(ONE, 7, 7),
                        new ArchivedWal.Run(ONE, 9, 10));
        assertThat(wal.firstMissing(ONE, 3, 5)).isEmpty();
        assertThat(wal.firstMissing(ONE, 3, 6)).hasValue(6);
        assertThat(wal.firstMissing(ONE, 4, 10)).hasValue(6);
        assertThat(wal.firstMissing(ONE, 2, 10)).hasValue(2);
        assertThat(wal.firstMissing(ONE, 9, 11)).hasValue(11);
        assertThat(wal.firstMissing(ONE, 6, 5)).as("nothing is wanted").isEmpty();
        assertThat(wal.first(ONE)).hasValue(3);
        assertThat(wal.last(ONE)).hasValue(10);
        assertThat(wal.storedBytes(ONE, 4, 9)).isEqualTo(40);
        assertThat(wal.storedBytes(ONE, 11, 20)).isZero();
    }

    @Test
    void a_partial_segment_is_no_whole_one() {
        ArchivedWal wal = with(1).partial(ONE, 2).partial(TWO, 5).unknown().build();
        assertThat(wal.contains(ONE, 2)).isFalse();
        assertThat(wal.containsPartial(ONE, 2)).isTrue();
        assertThat(wal.firstMissing(ONE, 1, 2)).hasValue(2);
        assertThat(wal.partials(TWO)).containsExactly(5L);
        assertThat(wal.timelines()).containsExactly(ONE, TWO);
        assertThat(wal.unknownObjects()).isEqualTo(1);
    }

    @Test
    void what_several_have_collected_is_one_archive_in_whatever_order() {
        ArchivedWal.Builder low = with(1, 2, 3).partial(ONE, 4).unknown();
        ArchivedWal.Builder high = with(3, 5, 6)
                .segment(TWO, 9, 7)
                .inPieces(ONE, 4)
                .inPieces(ONE, 5)
                .unknown();
        for (ArchivedWal wal : List.of(
                ArchivedWal.builder().all(low).all(high).build(),
                ArchivedWal.builder().all(high).all(low).build())) {
            assertThat(wal.runs(ONE)).containsExactly(new ArchivedWal.Run(ONE, 1, 6));
            assertThat(wal.inPieces(ONE)).containsExactly(4L);
            assertThat(wal.partials(ONE)).containsExactly(4L);
            assertThat(wal.storedBytes(ONE, 1, 6)).isEqualTo(50);
            assertThat(wal.storedBytes(TWO, 9, 9)).isEqualTo(7);
            assertThat(wal.unknownObjects()).isEqualTo(2);
        }
    }

    @Test
    void it_answers_as_a_plain_map_would() {
        long seed = 7;
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            TreeMap<Long, Long> expected = new TreeMap<>();
            ArchivedWal.Builder builder = ArchivedWal.builder();
            for (int i = random.nextInt(40); i > 0; i--) {
                long segment = random.nextInt(40);
                if (expected.put(segment, segment + 1) == null) {
                    builder.segment(ONE, segment, segment + 1);
                }
            }
            ArchivedWal wal =
                    (random.nextBoolean() ? builder : ArchivedWal.builder().all(builder)).build();
            long from = random.nextInt(45);
            long to = from + random.nextInt(10);
            String context = "seed " + seed + ", round " + round;
            long missing = from;
            while (missing <= to && expected.containsKey(missing)) {
                missing++;
            }
            assertThat(wal.firstMissing(ONE, from, to).orElse(to + 1))
                    .as(context)
                    .isEqualTo(missing);
            assertThat(wal.storedBytes(ONE, from, to))
                    .as(context)
                    .isEqualTo(expected.subMap(from, to + 1).values().stream()
                            .mapToLong(v -> v)
                            .sum());
            assertThat(wal.runs(ONE).stream()
                            .mapToLong(r -> r.last() - r.first() + 1)
                            .sum())
                    .as(context)
                    .isEqualTo(expected.size());
        }
    }
}
