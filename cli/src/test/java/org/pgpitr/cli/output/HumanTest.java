package org.pgpitr.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;

class HumanTest {
    @Test
    void sizes_have_about_three_digits_and_postgresqls_units() {
        assertThat(List.of(0L, 1023L, 1024L, 10_239L, 10_240L, 1_048_064L, 1_048_576L, 5L << 40).stream()
                        .map(Human::size))
                .containsExactly("0 B", "1023 B", "1.0 kB", "10 kB", "10 kB", "1.0 MB", "1.0 MB", "5.0 TB");
    }

    @Test
    void durations_have_two_units_at_most() {
        assertThat(
                        List.of(0L, 999L, 1_000L, 9_949L, 9_950L, 59_499L, 60_000L, 200_400L, 3_599_000L, 7_500_000L)
                                .stream()
                                .map(Duration::ofMillis)
                                .map(Human::duration))
                .containsExactly(
                        "0 ms",
                        "999 ms",
                        "1.0 s",
                        "9.9 s",
                        "10 s",
                        "59 s",
                        "1 min",
                        "3 min 20 s",
                        "59 min 59 s",
                        "2 h 5 min");
    }

    @Test
    void times_are_local_and_name_their_offset() {
        Instant time = Instant.parse("2026-07-20T12:05:00.5Z");

        assertThat(Human.time(time, ZoneId.of("Europe/Berlin"))).isEqualTo("2026-07-20 14:05:00+02");
        assertThat(Human.time(time, ZoneId.of("Asia/Kolkata"))).isEqualTo("2026-07-20 17:35:00+0530");
        assertThat(Human.exactTime(time, ZoneId.of("UTC"))).isEqualTo("2026-07-20 12:05:00.500000+00");
    }

    @Test
    void columns_are_as_wide_as_what_stands_in_them() {
        Columns table = new Columns(false, "NAME", ">SIZE", "WHAT");
        table.row("a", "1 B", "@|red x|@");
        table.row("longer", "1023 MB", "");

        assertThat(table.toString().lines().map(String::stripTrailing))
                .containsExactly("NAME       SIZE  WHAT", "a           1 B  @|red x|@", "longer  1023 MB");
    }

    @Test
    void a_page_wraps_sentences_and_leaves_commands_whole() {
        LabelledPage page = new LabelledPage(40, false)
                .entry("Backup", "one two three four five six seven")
                .entry("Nothing", List.of())
                .verbatim("Do it", List.of("pgpitr restore --into /a/long/path/that/is/longer"));

        assertThat(page.toString().lines())
                .containsExactly(
                        "Backup        one two three four five",
                        "                six seven",
                        "Do it         pgpitr restore --into /a/long/path/that/is/longer");
    }
}
