package org.pgpitr.repository.find;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.plan.RecoveryFacts;

class ArchivedPathTest {
    private static final WalSegmentSize SIZE = new WalSegmentSize(1 << 20);
    private static final TimelineId ONE = TimelineId.FIRST;
    private static final TimelineId TWO = new TimelineId(2);
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    private final ArchivedWal.Builder wal = ArchivedWal.builder();

    private void archive(TimelineId timeline, long first, long last) {
        for (long number = first; number <= last; number++) {
            wal.segment(timeline, number, 100);
        }
    }

    private ArchivedPath path(TimelineId timeline) {
        Map<TimelineId, TimelineHistory> histories = Map.of(TWO, TimelineHistory.parse(TWO, "1\t0/580000\tpromoted\n"));
        return new ArchivedPath(new RecoveryFacts(SIZE, List.of(), List.of(), histories, wal.build(), NOON), timeline);
    }

    private static List<String> files(ArchivedPath path) {
        List<String> files = new ArrayList<>();
        for (int i = 0; i < path.size(); i++) {
            files.add(path.get(i).file().toString().replace("00000000", ""));
        }
        return files;
    }

    @Test
    void a_timeline_goes_on_with_its_own_copy_of_the_segment_in_which_it_begins() {
        archive(ONE, 3, 8);
        archive(TWO, 5, 6);

        assertThat(files(path(TWO)))
                .containsExactly("0000000100000003", "0000000100000004", "0000000200000005", "0000000200000006");
        assertThat(files(path(ONE))).hasSize(6);
    }

    @Test
    void without_that_copy_the_older_one_serves_up_to_the_switch() {
        archive(ONE, 4, 4);
        wal.partial(ONE, 5);
        archive(TWO, 6, 6);

        ArchivedPath path = path(TWO);

        assertThat(files(path)).containsExactly("0000000100000004", "0000000100000005.partial", "0000000200000006");
        assertThat(path.get(1).until()).isEqualTo(Lsn.parse("0/580000"));
        assertThat(path.firstBehind(Lsn.parse("0/580000"))).isEqualTo(1);
        assertThat(path.firstBehind(Lsn.parse("0/900000"))).isEqualTo(3);
    }

    @Test
    void the_segment_that_was_being_written_is_there_as_far_as_it_was_streamed() {
        archive(ONE, 3, 4);
        wal.streamed(ONE, 4, Lsn.parse("0/4F0000"));
        wal.streamed(ONE, 5, Lsn.parse("0/560000"));

        for (TimelineId timeline : List.of(ONE, TWO)) {
            ArchivedPath path = path(timeline);
            assertThat(files(path)).containsExactly("0000000100000003", "0000000100000004", "0000000100000005");
            assertThat(path.get(2).form()).isEqualTo(PathSegment.Form.STREAMED);
            assertThat(path.get(2).end(SIZE)).isEqualTo(Lsn.parse("0/560000"));
            assertThat(path.get(1).form()).isEqualTo(PathSegment.Form.WHOLE);
            assertThat(path.get(1).end(SIZE)).isEqualTo(Lsn.parse("0/500000"));
        }

        wal.streamed(ONE, 5, Lsn.parse("0/5A0000"));

        assertThat(path(TWO).get(2).end(SIZE)).isEqualTo(Lsn.parse("0/580000"));
        assertThat(path(ONE).get(2).end(SIZE)).isEqualTo(Lsn.parse("0/5A0000"));
    }

    @Test
    void of_a_partial_segment_and_a_stream_it_is_what_goes_further() {
        archive(ONE, 4, 4);
        wal.partial(ONE, 5);
        wal.streamed(ONE, 5, Lsn.parse("0/560000"));

        for (TimelineId timeline : List.of(ONE, TWO)) {
            assertThat(files(path(timeline))).containsExactly("0000000100000004", "0000000100000005.partial");
        }

        wal.streamed(ONE, 5, Lsn.parse("0/5A0000"));

        for (TimelineId timeline : List.of(ONE, TWO)) {
            assertThat(files(path(timeline))).containsExactly("0000000100000004", "0000000100000005");
            assertThat(path(timeline).get(1).form()).isEqualTo(PathSegment.Form.STREAMED);
        }
        assertThat(path(ONE).get(1).end(SIZE)).isEqualTo(Lsn.parse("0/5A0000"));
        assertThat(path(TWO).get(1).end(SIZE)).isEqualTo(Lsn.parse("0/580000"));
    }

    @Test
    void what_was_streamed_before_a_hole_is_not_taken_for_a_whole_segment() {
        archive(ONE, 3, 3);
        archive(ONE, 5, 5);
        wal.streamed(ONE, 4, Lsn.parse("0/460000"));

        assertThat(files(path(ONE))).containsExactly("0000000100000003", "0000000100000005");
    }

    @Test
    void a_moment_is_found_by_bisection_whatever_is_missing_or_idle() {
        long seed = Long.getLong("pgpitr.seed", 20261129L);
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            ArchivedWal.Builder some = ArchivedWal.builder();
            List<Long> numbers = new ArrayList<>();
            for (long number = 1; number < 40; number++) {
                if (random.nextInt(5) > 0) {
                    some.segment(ONE, number, 1);
                    numbers.add(number);
                }
            }
            ArchivedPath path =
                    new ArchivedPath(new RecoveryFacts(SIZE, List.of(), List.of(), Map.of(), some.build(), NOON), ONE);
            long idle = random.nextInt(4) + 2L;
            SegmentTimes times = segment -> segment.number() % idle == 0
                    ? Optional.empty()
                    : Optional.of(NOON.plusSeconds(segment.number() * 10));
            Instant wanted = NOON.plusSeconds(random.nextInt(450));

            int found = new Bisection(path, times).firstLater(wanted, 0);

            for (int i = 0; i < path.size(); i++) {
                Optional<Instant> time = times.first(path.get(i));
                int index = i;
                assertThat(time.isEmpty() || time.get().isAfter(wanted) == index >= found)
                        .as("seed %s, round %s, segment %s", seed, round, i)
                        .isTrue();
            }
        }
    }

    /** Tells times only of what it was told ahead that it would be asked. */
    private static final class ToldAhead implements SegmentTimes {
        private final Set<Long> told = new HashSet<>();
        private int rounds;

        @Override
        public Optional<Instant> first(PathSegment segment) {
            assertThat(told).contains(segment.number());
            return Optional.of(NOON.plusSeconds(segment.number()));
        }

        @Override
        public void ahead(List<PathSegment> segments) {
            rounds++;
            segments.forEach(segment -> told.add(segment.number()));
        }
    }

    @Test
    void what_a_bisection_asks_for_can_be_read_side_by_side_in_few_rounds() {
        archive(ONE, 1, 300_000);
        ArchivedPath path = path(ONE);
        for (int wanted : new int[] {0, 1, 70_000, 299_999, 300_000}) {
            ToldAhead times = new ToldAhead();

            assertThat(new Bisection(path, times).firstLater(NOON.plusSeconds(wanted), 0))
                    .isEqualTo(wanted);
            assertThat(times.rounds).isLessThanOrEqualTo(5);
        }
    }
}
