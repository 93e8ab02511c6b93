package org.pgpitr.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pgpitr.postgres.PageVerifier.Verdict.BAD;
import static org.pgpitr.postgres.PageVerifier.Verdict.GOOD;
import static org.pgpitr.postgres.PageVerifier.Verdict.NEW;
import static org.pgpitr.postgres.PageVerifier.Verdict.TOO_NEW;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class PageVerifierTest {
    private static final int SIZE = 8192;
    private static final Lsn LATE = new Lsn(-1);

    @ParameterizedTest
    @FieldSource("org.pgpitr.postgres.Golden#MAJORS")
    void pages_of_a_real_cluster_are_good(PostgresMajor major) {
        assertThat(verdict(Golden.bytes(major, "heap.page"), 1)).isEqualTo(GOOD);
        assertThat(verdict(Golden.bytes(major, "index.page"), 0)).isEqualTo(GOOD);
        assertThat(verdict(Golden.bytes(major, "vm.page"), 0)).isEqualTo(GOOD);
    }

    @ParameterizedTest
    @FieldSource("org.pgpitr.postgres.Golden#MAJORS")
    void changed_bits_are_found_but_for_one_in_65535(PostgresMajor major) {
        byte[] page = Golden.bytes(major, "heap.page");
        Random random = new Random(major.value());
        int missed = 0;
        for (int i = 0; i < 2000; i++) {
            int at = 16 + random.nextInt(SIZE - 16);
            int bit = 1 << random.nextInt(8);
            page[at] ^= (byte) bit;
            missed += verdict(page, 1) == BAD ? 0 : 1;
            page[at] ^= (byte) bit;
        }
        assertThat(missed).isLessThanOrEqualTo(2);
    }

    @Test
    void a_page_in_another_place_is_found() {
        byte[] page = Golden.bytes(PostgresMajor.NEWEST_KNOWN, "heap.page");

        assertThat(verdict(page, 2)).isEqualTo(BAD);
        assertThat(verdict(page, 1 + (1L << 31))).isEqualTo(BAD);
    }

    @Test
    void a_page_written_since_the_backup_began_is_left_to_replay() {
        byte[] page = Golden.bytes(PostgresMajor.NEWEST_KNOWN, "heap.page");
        Lsn lsn = lsn(page);
        page[SIZE - 1] ^= 1;

        assertThat(PageVerifier.verdict(page, 0, SIZE, 1, lsn)).isEqualTo(TOO_NEW);
        assertThat(PageVerifier.verdict(page, 0, SIZE, 1, lsn.plus(-1))).isEqualTo(TOO_NEW);
        assertThat(PageVerifier.verdict(page, 0, SIZE, 1, lsn.plus(1))).isEqualTo(BAD);
    }

    @Test
    void positions_beyond_four_gigabytes_and_beyond_the_sign_are_compared_as_unsigned() {
        byte[] page = Golden.bytes(PostgresMajor.NEWEST_KNOWN, "heap.page");
        page[3] = (byte) 0xFF; // pd_lsn.xlogid: the high half, first

        assertThat(PageVerifier.verdict(page, 0, SIZE, 1, new Lsn(Long.MAX_VALUE)))
                .isEqualTo(TOO_NEW);
        assertThat(PageVerifier.verdict(page, 0, SIZE, 1, LATE)).isEqualTo(BAD);
    }

    @Test
    void a_page_of_zeroes_is_new_and_a_page_with_a_blank_header_is_not() {
        byte[] page = new byte[SIZE];
        assertThat(verdict(page, 5)).isEqualTo(NEW);

        page[SIZE - 1] = 1;
        assertThat(verdict(page, 5)).isEqualTo(BAD);
    }

    @Test
    void a_page_amid_a_buffer_is_judged_alone_and_left_as_it_is() {
        byte[] page = Golden.bytes(PostgresMajor.NEWEST_KNOWN, "heap.page");
        byte[] buffer = new byte[3 * SIZE];
        new Random(1).nextBytes(buffer);
        System.arraycopy(page, 0, buffer, SIZE, SIZE);
        byte[] before = buffer.clone();

        assertThat(PageVerifier.verdict(buffer, SIZE, SIZE, 1, LATE)).isEqualTo(GOOD);
        assertThat(buffer).isEqualTo(before);
    }

    @Test
    void the_checksum_is_the_one_the_format_defines_for_every_block_size() {
        long seed = 20261121;
        Random random = new Random(seed);
        for (int size = 1024; size <= 32768; size *= 2) {
            byte[] page = new byte[size];
            random.nextBytes(page);
            long block = random.nextInt() & 0xFFFF_FFFFL;
            assertThat(PageChecksum.compute(page, 0, size, block))
                    .describedAs("seed %d, size %d", seed, size)
                    .isEqualTo(PlainChecksum.compute(page, block));
        }
    }

    private static PageVerifier.Verdict verdict(byte[] page, long block) {
        return PageVerifier.verdict(page, 0, SIZE, block, LATE);
    }

    private static Lsn lsn(byte[] page) {
        java.nio.ByteBuffer in = java.nio.ByteBuffer.wrap(page).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        return new Lsn((in.getInt(0) & 0xFFFF_FFFFL) << 32 | (in.getInt(4) & 0xFFFF_FFFFL));
    }
}
