package org.pgpitr.cli.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTimeTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-20T13:05:00Z",
                "2026-11-20 14:05:00+01",
                "2026-11-20 14:05:00 +01:00",
                "2026-11-20 14:05+0100",
                "2026-11-20 18:35:00+05:30",
                "2026-11-20 14:05:00 Europe/Berlin",
                "2026-11-20 14:05:00.000000+01",
                "2026-11-20  13:05 UTC"
            })
    void a_named_zone_is_taken(String text) {
        TargetTime time = TargetTime.parse(text, ZoneId.of("America/New_York"));

        assertThat(time.time()).isEqualTo(Instant.parse("2026-11-20T13:05:00Z"));
        assertThat(time.naming()).isEqualTo(TargetTime.Naming.NAMED);
    }

    @Test
    void a_missing_zone_is_the_local_one_and_known_to_be_assumed() {
        TargetTime time = TargetTime.parse("2026-07-20 14:05:00.123456", BERLIN);

        assertThat(time.time()).isEqualTo(Instant.parse("2026-07-20T12:05:00.123456Z"));
        assertThat(time.naming()).isEqualTo(TargetTime.Naming.ASSUMED);
        assertThat(time.zone()).isEqualTo(BERLIN);
    }

    @Test
    void a_local_time_that_was_there_twice_or_never_is_refused() {
        assertThatThrownBy(() -> TargetTime.parse("2026-10-25 02:30:00", BERLIN))
                .hasMessage("there was 2026-10-25T02:30 twice in Europe/Berlin: clocks were put back; give the offset,"
                        + " +02:00 or +01:00");
        assertThatThrownBy(() -> TargetTime.parse("2026-03-29 02:30:00", BERLIN))
                .hasMessageStartingWith("there was no 2026-03-29T02:30 in Europe/Berlin");
        assertThat(TargetTime.parse("2026-10-25 02:30:00+01", BERLIN).time())
                .isEqualTo(Instant.parse("2026-10-25T01:30:00Z"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yesterday",
                "2026-11-20",
                "14:05:00",
                "2026-11-20 25:00:00Z",
                "2026-02-29 10:00:00Z",
                "2026-11-20 14:05:00 Nowhere/City",
                "20.11.2026 14:05",
                "2026-11-20 14:05:00.1234567Z"
            })
    void anything_else_is_refused(String text) {
        assertThatThrownBy(() -> TargetTime.parse(text, BERLIN)).isInstanceOf(IllegalArgumentException.class);
    }
}
