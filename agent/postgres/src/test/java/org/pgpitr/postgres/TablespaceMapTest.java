package org.pgpitr.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class TablespaceMapTest {
    private static final PostgresMajor V13 = new PostgresMajor(13);
    private static final PostgresMajor V14 = new PostgresMajor(14);

    @Test
    void plain_lines_are_read_in_their_order() {
        assertThat(TablespaceMap.parse(V14, "16399 /srv/fast disk\n16384 /srv/slow\n")
                        .entries())
                .containsExactly(
                        new TablespaceMap.Entry(16399, "/srv/fast disk"), new TablespaceMap.Entry(16384, "/srv/slow"));
    }

    @Test
    void without_tablespaces_it_is_empty() {
        assertThat(TablespaceMap.parse(V14, "").entries()).isEmpty();
        assertThat(new TablespaceMap(List.of()).text(V14)).isEmpty();
    }

    @Test
    void since_14_a_backslash_is_doubled() {
        TablespaceMap map = TablespaceMap.parse(V14, "16398 /odd a\\\nb\\\\c\n");

        assertThat(map.entries()).containsExactly(new TablespaceMap.Entry(16398, "/odd a\nb\\c"));
        assertThat(map.text(V14)).isEqualTo("16398 /odd a\\\nb\\\\c\n");
    }

    @Test
    void in_13_only_line_ends_are_escaped() {
        TablespaceMap map = TablespaceMap.parse(V13, "16399 /odd a\\\nb\\c\n");

        assertThat(map.entries()).containsExactly(new TablespaceMap.Entry(16399, "/odd a\nb\\c"));
        assertThat(map.text(V13)).isEqualTo("16399 /odd a\\\nb\\c\n");
    }

    @ParameterizedTest
    @FieldSource("org.pgpitr.postgres.Golden#MAJORS")
    void every_location_round_trips(PostgresMajor major) {
        TablespaceMap map = new TablespaceMap(List.of(
                new TablespaceMap.Entry(1, "/a\rb\nc d"),
                new TablespaceMap.Entry(0xFFFF_FFFFL, "pg_tblspc/16385"),
                new TablespaceMap.Entry(16385, "/trailing \\x\u00e4\u6f22")));

        assertThat(TablespaceMap.parse(major, map.text(major))).isEqualTo(map);
    }

    @Test
    void other_text_is_refused() {
        for (String text : List.of(
                "16384\n",
                "/srv\n",
                "x /srv\n",
                "16384 /srv",
                "0 /srv\n",
                "4294967296 /srv\n",
                "16384 \n",
                " /srv\n")) {
            assertThatExceptionOfType(InvalidFormatException.class)
                    .describedAs(text)
                    .isThrownBy(() -> TablespaceMap.parse(V14, text));
        }
    }
}
