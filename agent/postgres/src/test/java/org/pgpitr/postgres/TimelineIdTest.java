package org.pgpitr.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimelineIdTest {
    @Test
    void it_is_printed_in_decimal_and_named_in_hexadecimal() {
        TimelineId largest = new TimelineId(4294967295L);

        assertThat(largest).hasToString("4294967295");
        assertThat(largest.hex()).isEqualTo("FFFFFFFF");
        assertThat(new TimelineId(26).hex()).isEqualTo("0000001A");
        assertThat(TimelineId.parse("4294967295")).isEqualTo(largest);
        assertThat(largest).isGreaterThan(TimelineId.FIRST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "+1", " 1", "1 ", "4294967296", "99999999999", "1A", "latest", "\u0661"})
    void anything_else_is_refused(String text) {
        assertThatExceptionOfType(InvalidFormatException.class).isThrownBy(() -> TimelineId.parse(text));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 4294967296L, Long.MIN_VALUE})
    void there_is_no_such_timeline(long value) {
        assertThatExceptionOfType(InvalidFormatException.class).isThrownBy(() -> new TimelineId(value));
    }

    @Test
    void the_target_timeline_is_read_as_the_setting_is() {
        assertThat(RecoveryTargetTimeline.parse("latest")).isEqualTo(new RecoveryTargetTimeline.Latest());
        assertThat(RecoveryTargetTimeline.parse("current")).isEqualTo(new RecoveryTargetTimeline.Current());
        assertThat(RecoveryTargetTimeline.parse("26"))
                .isEqualTo(new RecoveryTargetTimeline.Numbered(new TimelineId(26)))
                .isEqualTo(RecoveryTargetTimeline.parse("0x1a"))
                .isEqualTo(RecoveryTargetTimeline.parse("0X0000001A"));
        for (String text : new String[] {"latest", "current", "7"}) {
            assertThat(RecoveryTargetTimeline.parse(text)).hasToString(text);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Latest", "0", "0x", "0x0", "0x123456789", "1.5", "newest"})
    void other_target_timelines_are_refused(String text) {
        assertThatExceptionOfType(InvalidFormatException.class).isThrownBy(() -> RecoveryTargetTimeline.parse(text));
    }
}
