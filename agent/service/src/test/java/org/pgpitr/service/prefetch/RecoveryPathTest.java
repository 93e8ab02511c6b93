package org.pgpitr.service.prefetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;

/** Which segments a recovery asks for next. */
class RecoveryPathTest {
    private static final int MB = 1 << 20;

    private static List<String> behind(Optional<TimelineHistory> history, int size, String segment, int most) {
        return new RecoveryPath(history, new WalSegmentSize(size))
                .behind(WalSegmentName.parse(segment), most).stream()
                        .map(WalSegmentName::toString)
                        .toList();
    }

    private static Optional<TimelineHistory> history(int timeline, String text) {
        return Optional.of(TimelineHistory.parse(new TimelineId(timeline), text));
    }

    @ParameterizedTest
    @DisplayName("Class 5: the segment behind one is a matter of the segment size")
    @CsvSource({
        "1, 000000010000000000000FFF, 000000010000000100000000",
        "16, 0000000100000000000000FF, 000000010000000100000000",
        "64, 00000001000000000000003F, 000000010000000100000000",
        "1024, 000000010000000000000003, 000000010000000100000000",
        "64, 00000001000000000000003E, 00000001000000000000003F",
    })
    void the_next_name_counts_in_segments_of_the_clusters_size(int megabytes, String segment, String next) {
        assertThat(behind(Optional.empty(), megabytes * MB, segment, 1)).containsExactly(next);
    }

    @Test
    void where_a_timeline_was_left_the_next_one_goes_on_with_the_segment_that_holds_the_switch() {
        Optional<TimelineHistory> history = history(3, "1\t0/2200000\tno\n2\t0/4400000\tno\n");
        assertThat(behind(history, 16 * MB, "000000010000000000000001", 4))
                .containsExactly(
                        "000000020000000000000002",
                        "000000020000000000000003",
                        "000000030000000000000004",
                        "000000030000000000000005");
    }

    @Test
    void a_recovery_that_is_on_no_timeline_of_the_history_stays_where_it_is() {
        Optional<TimelineHistory> history = history(3, "1\t0/2200000\tno\n");
        assertThat(behind(history, 16 * MB, "000000020000000000000001", 2))
                .containsExactly("000000020000000000000002", "000000020000000000000003");
    }

    @Test
    void a_timeline_never_goes_back_to_an_older_one() {
        // The segments of timeline 2 below its beginning are copies that a recovery may begin with.
        Optional<TimelineHistory> history = history(2, "1\t0/9000000\tno\n");
        assertThat(behind(history, 16 * MB, "000000020000000000000003", 1)).containsExactly("000000020000000000000004");
    }
}
