package org.pgpitr.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WalFileNameTest {
    static Stream<WalSegmentSize> sizes() {
        return IntStream.rangeClosed(20, 30).mapToObj(shift -> new WalSegmentSize(1 << shift));
    }

    @Test
    void each_of_the_four_kinds_is_told_by_its_form() {
        WalSegmentName segment = new WalSegmentName(new TimelineId(10), 163, 66);

        assertThat(WalFileName.parse("0000000A000000A300000042")).isEqualTo(segment);
        assertThat(WalFileName.parse("0000000A000000A300000042.partial")).isEqualTo(new PartialSegmentName(segment));
        assertThat(WalFileName.parse("0000000A000000A300000042.0000B128.backup"))
                .isEqualTo(new BackupHistoryName(segment, 0xB128));
        assertThat(WalFileName.parse("0000000A.history")).isEqualTo(new TimelineHistoryName(new TimelineId(10)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000000A000000A300000042",
                "FFFFFFFFFFFFFFFF00000FFF",
                "0000000A000000A300000042.partial",
                "0000000A000000A300000042.00000028.backup",
                "0000000A000000A300000042.3FFFFFFF.backup",
                "0000000A.history"
            })
    void every_name_round_trips(String name) {
        assertThat(WalFileName.parse(name)).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".history",
                ".partial",
                ".backup",
                "0000000a000000A300000042",
                "0000000A000000A30000004",
                "0000000A000000A3000000420",
                "00000000000000A300000042",
                "0000000A000000A300001000",
                "0000000A000000A3000G0042",
                "0000000A000000A300000042.Partial",
                "0000000A000000A300000042.partial.partial",
                "0000000A000000A300000042.backup",
                "0000000A000000A300000042.0000B12.backup",
                "0000000A000000A300000042.40000000.backup",
                "0000000A000000A300000042.0000b128.backup",
                "00000000.history",
                "0000000a.history",
                "A.history",
                "0000000A.history.gz",
                "../0000000A.history",
                "archive_status",
                "RECOVERYXLOG",
                "0000000A000000A300000042 ",
                "0000000A000000A300000042\n"
            })
    void anything_else_is_refused(String name) {
        assertThat(WalFileName.tryParse(name)).isEmpty();
        assertThatExceptionOfType(InvalidFormatException.class).isThrownBy(() -> WalFileName.parse(name));
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void numbers_names_and_positions_agree(WalSegmentSize size) {
        long seed = size.bytes();
        Random random = new Random(seed);
        for (int i = 0; i < 1000; i++) {
            Lsn lsn = new Lsn(random.nextLong());
            TimelineId timeline = new TimelineId(1 + random.nextInt(1000));
            WalSegmentName name = WalSegmentName.containing(timeline, lsn, size);

            assertThat(name.fits(size)).isTrue();
            assertThat(WalSegmentName.parse(name.toString())).isEqualTo(name);
            assertThat(WalSegmentName.of(timeline, name.number(size), size)).isEqualTo(name);
            assertThat(lsn.isBefore(name.start(size))).isFalse();
            assertThat(lsn.minus(name.start(size))).isBetween(0L, size.bytes() - 1L);
            assertThat(name.next(size).start(size)).isEqualTo(name.end(size));
            assertThat(name.next(size).number(size)).isEqualTo(name.number(size) + 1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0/0, 000000010000000000000000",
        "1, 1/0, 000000010000000100000000",
        "1, 0/FFFFFFFF, 000000010000000000000FFF",
        "16, 0/FFFFFFFF, 0000000100000000000000FF",
        "16, 16/B374D848, 0000000100000016000000B3",
        "1024, 0/FFFFFFFF, 000000010000000000000003",
        "1024, FFFFFFFF/FFFFFFFF, 00000001FFFFFFFF00000003",
    })
    void a_position_stands_in_the_segment_postgresql_says(int megabytes, String lsn, String name) {
        assertThat(WalSegmentName.containing(TimelineId.FIRST, Lsn.parse(lsn), new WalSegmentSize(megabytes << 20)))
                .hasToString(name);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void wal_that_ends_on_a_boundary_ends_in_the_segment_before_it(WalSegmentSize size) {
        Lsn boundary = size.start(7);

        assertThat(size.segmentNumber(boundary)).isEqualTo(7);
        assertThat(size.segmentNumberBefore(boundary)).isEqualTo(6);
        assertThat(size.segmentNumberBefore(boundary.plus(1))).isEqualTo(7);
    }

    @Test
    void a_name_fits_some_segment_sizes_only() {
        WalSegmentName name = WalSegmentName.parse("000000010000000000000004");

        assertThat(name.fits(new WalSegmentSize(512 << 20))).isTrue();
        assertThat(name.fits(new WalSegmentSize(1 << 30))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1 << 19, (1 << 20) + 1, 3 << 20, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void other_segment_sizes_are_refused(int bytes) {
        assertThatExceptionOfType(InvalidFormatException.class).isThrownBy(() -> new WalSegmentSize(bytes));
    }

    @Test
    void segment_sizes_are_printed_in_postgresqls_units() {
        assertThat(sizes().map(WalSegmentSize::toString))
                .containsExactly("1MB", "2MB", "4MB", "8MB", "16MB", "32MB", "64MB", "128MB", "256MB", "512MB", "1GB");
    }

    @Test
    void names_order_as_their_text_does() {
        long seed = 4711;
        Random random = new Random(seed);
        List<WalSegmentName> names = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            names.add(new WalSegmentName(
                    new TimelineId(1 + (random.nextInt(3) == 0 ? random.nextInt() & 0xFFFF_FFFEL : random.nextInt(4))),
                    random.nextInt(3) == 0 ? random.nextInt() & 0xFFFF_FFFFL : random.nextInt(4),
                    random.nextInt(4096)));
        }
        assertThat(names.stream().sorted().toList())
                .describedAs("seed %d", seed)
                .isEqualTo(names.stream()
                        .sorted(Comparator.comparing(WalSegmentName::toString))
                        .toList());
    }

    @Test
    void system_identifiers_are_unsigned() {
        SystemIdentifier largest = SystemIdentifier.parse("18446744073709551615");

        assertThat(largest.value()).isEqualTo(-1);
        assertThat(largest).hasToString("18446744073709551615");
        for (String text : List.of("", "-1", "18446744073709551616", "1e3", " 1", "\u0661")) {
            assertThatExceptionOfType(InvalidFormatException.class).isThrownBy(() -> SystemIdentifier.parse(text));
        }
    }
}
