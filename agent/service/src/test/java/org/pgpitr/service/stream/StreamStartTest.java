package org.pgpitr.service.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pgpitr.service.stream.StreamedRepository.CLUSTER;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.stream.Piece;
import org.pgpitr.storage.Content;

/** Segments of 1 MB: segment 3 is 0/300000 to 0/400000. */
class StreamStartTest {
    private final StreamedRepository repository = new StreamedRepository();
    private TimelineHistory history = TimelineHistory.root(TimelineId.FIRST);

    private void archived(int timeline, long first, long last) {
        for (long number = first; number <= last; number++) {
            WalSegmentName name = WalSegmentName.of(new TimelineId(timeline), number, CLUSTER.segmentSize());
            repository.archived(name, StreamedRepository.bytes(name, number));
        }
    }

    private void piece(int timeline, String from, String to) {
        Piece piece = new Piece(new TimelineId(timeline), Lsn.parse(from), Lsn.parse(to));
        repository.pieces().put(piece, Content.of(new byte[(int) piece.length()]));
    }

    private void onTimeline2(String switchPoint) {
        history = TimelineHistory.parse(new TimelineId(2), "1\t" + switchPoint + "\tr\n");
    }

    private StreamStart start(String slot) {
        return new StreamStart(history, CLUSTER.segmentSize(), Lsn.parse(slot));
    }

    private String begin(String slot) {
        return start(slot)
                .in(List.of(repository.generation), StreamOptions.OnMissing.REQUIRE)
                .toString();
    }

    @Test
    void an_empty_repository_begins_with_the_slots_segment() {
        assertThat(begin("0/3A1B28")).isEqualTo("0/300000 on timeline 1");
    }

    @Test
    void a_stream_goes_on_with_the_segment_it_was_in() {
        archived(1, 1, 2);
        piece(1, "0/300000", "0/3A1B28");
        assertThat(begin("0/3A1B28")).isEqualTo("0/300000 on timeline 1");
    }

    @Test
    void the_segment_that_the_slot_stands_for_is_received_again_even_if_it_is_archived() {
        archived(1, 1, 9);
        assertThat(begin("0/3A1B28")).isEqualTo("0/300000 on timeline 1");
    }

    @Test
    @DisplayName("A slot behind the end of the repository is no reason to jump there")
    void a_repository_that_ends_before_the_slot_goes_on_where_it_ends() {
        archived(1, 1, 2);
        assertThat(begin("0/5A1B28")).isEqualTo("0/300000 on timeline 1");
    }

    @Test
    void segments_that_are_there_only_in_pieces_are_received_again() {
        archived(1, 1, 2);
        piece(1, "0/300000", "0/400000");
        piece(1, "0/400000", "0/500000");
        piece(1, "0/500000", "0/510000");
        assertThat(begin("0/510000")).isEqualTo("0/300000 on timeline 1");
    }

    @Test
    void unless_the_user_gives_up_what_is_missing() {
        archived(1, 1, 2);
        StreamPosition position = start("0/5A1B28").in(List.of(repository.generation), StreamOptions.OnMissing.GIVE_UP);
        assertThat(position).hasToString("0/500000 on timeline 1");
    }

    @Test
    void of_several_repositories_the_one_that_lacks_most_decides() {
        archived(1, 1, 4);
        StreamedRepository other = new StreamedRepository();
        for (long number = 1; number <= 2; number++) {
            WalSegmentName name = WalSegmentName.of(TimelineId.FIRST, number, CLUSTER.segmentSize());
            other.archived(name, StreamedRepository.bytes(name, number));
        }
        assertThat(start("0/5A1B28")
                        .in(List.of(repository.generation, other.generation), StreamOptions.OnMissing.REQUIRE))
                .hasToString("0/300000 on timeline 1");
    }

    @Test
    @DisplayName("Class 22: a timeline that was left is received to its end before the next one")
    void a_segment_in_which_the_timeline_switched_begins_on_the_old_one() {
        archived(1, 1, 2);
        piece(1, "0/300000", "0/320000");
        onTimeline2("0/380000");
        assertThat(begin("0/3A0000")).isEqualTo("0/300000 on timeline 1");
        assertThat(start("0/3A0000").switchOf(TimelineId.FIRST)).hasValueSatisfying(end -> {
            assertThat(end.end()).isEqualTo(Lsn.parse("0/380000"));
            assertThat(end.next()).hasToString("0/300000 on timeline 2");
        });
        assertThat(start("0/3A0000").switchOf(new TimelineId(2))).isEmpty();
    }

    @Test
    void a_slot_behind_the_switch_does_not_hide_the_new_timelines_first_segment() {
        archived(1, 1, 2);
        piece(1, "0/300000", "0/400000");
        onTimeline2("0/3FFF00");
        assertThat(begin("0/400100")).isEqualTo("0/300000 on timeline 1");
    }

    @Test
    void the_old_timelines_wal_behind_the_switch_does_not_count() {
        archived(1, 1, 8);
        onTimeline2("0/380000");
        assertThat(begin("0/6A0000")).isEqualTo("0/300000 on timeline 1");
    }

    @Test
    void on_the_new_timeline_it_goes_on_there() {
        archived(1, 1, 2);
        archived(2, 3, 5);
        onTimeline2("0/380000");
        assertThat(begin("0/6A0000")).isEqualTo("0/600000 on timeline 2");
    }

    @Test
    void pieces_of_archived_segments_before_the_slot_are_leftovers_and_no_others() {
        archived(1, 1, 3);
        piece(1, "0/200000", "0/210000");
        piece(1, "0/300000", "0/310000");
        piece(1, "0/400000", "0/410000");
        piece(2, "0/200000", "0/210000");
        assertThat(start("0/310000").leftovers(repository.generation))
                .containsExactly(new Piece(TimelineId.FIRST, Lsn.parse("0/200000"), Lsn.parse("0/210000")));
    }
}
