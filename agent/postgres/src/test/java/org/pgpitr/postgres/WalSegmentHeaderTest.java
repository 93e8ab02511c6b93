package org.pgpitr.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WalSegmentHeaderTest {
    @ParameterizedTest
    @CsvSource({
        "13, D106, 0/A00000",
        "14, D10D, 0/C00000",
        "15, D110, 0/2000000",
        "16, D113, 0/8000000",
        "17, D116, 0/2000000",
        "18, D118, 0/1000000",
    })
    void the_first_page_of_a_real_segment_tells_whose_it_is(int major, String magic, String address) {
        PostgresMajor version = new PostgresMajor(major);
        WalSegmentHeader header = WalSegmentHeader.parse(Golden.bytes(version, "segment.header"));

        assertThat(header)
                .isEqualTo(new WalSegmentHeader(
                        Integer.parseInt(magic, 16),
                        TimelineId.FIRST,
                        Lsn.parse(address),
                        ControlFile.parse(Golden.bytes(version, "pg_control")).systemIdentifier(),
                        Golden.segmentSize(version),
                        8192));
        assertThat(header.major()).contains(version);
    }

    @Test
    void a_magic_of_an_unknown_version_leaves_the_rest_readable() {
        byte[] page = Golden.bytes(PostgresMajor.NEWEST_KNOWN, "segment.header");
        page[0] = 0x55;

        WalSegmentHeader header = WalSegmentHeader.parse(page);
        assertThat(header.major()).isEmpty();
        assertThat(header.magic()).isEqualTo(0xD155);
        assertThat(header.timeline()).isEqualTo(TimelineId.FIRST);
    }

    @Test
    void zeroes_a_short_page_and_a_later_page_are_refused() {
        byte[] page = Golden.bytes(PostgresMajor.NEWEST_KNOWN, "segment.header");
        byte[] later = page.clone();
        later[2] &= ~2; // XLP_LONG_HEADER

        refused(new byte[64]);
        refused(Arrays.copyOf(page, WalSegmentHeader.LENGTH - 1));
        refused(later);
    }

    @Test
    void a_page_that_does_not_begin_a_segment_is_refused() {
        byte[] page = Golden.bytes(PostgresMajor.NEWEST_KNOWN, "segment.header");
        ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN).putLong(8, 0x1002000);

        refused(page);
    }

    @Test
    void impossible_sizes_are_refused() {
        for (int offset : new int[] {32, 36}) {
            byte[] page = Golden.bytes(PostgresMajor.NEWEST_KNOWN, "segment.header");
            ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN).putInt(offset, 12345);
            refused(page);
        }
    }

    private static void refused(byte[] page) {
        assertThatExceptionOfType(InvalidFormatException.class).isThrownBy(() -> WalSegmentHeader.parse(page));
    }
}
