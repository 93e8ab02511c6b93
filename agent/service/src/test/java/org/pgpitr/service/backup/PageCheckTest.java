package org.pgpitr.service.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.repository.backup.DamagedPage;

class PageCheckTest {
    private static final Lsn START = Lsn.parse("3/2000028");
    private static final Lsn BEFORE = Lsn.parse("3/1000000");
    private static final Lsn DURING = Lsn.parse("3/2F00000");
    private static final Lsn STOP = Lsn.parse("3/3000000");
    private static final String PATH = "base/5/16384.2";
    private static final int SEGMENT_BLOCKS = 131_072;
    private static final long FIRST = 2L * SEGMENT_BLOCKS;

    private final PageCheck check = new PageCheck(Pages.SIZE, SEGMENT_BLOCKS, START);
    private final PageCheck.Findings findings = new PageCheck.Findings();
    private final SaidLines said = new SaidLines();

    /** What the file holds by the second reading. */
    private byte[] file;

    private byte[] pages(int count, Lsn lsn) {
        return Pages.random(new Random(42), count, FIRST, lsn);
    }

    private void verify(byte[] buffer) throws Exception {
        FileBytes second = new FileBytes() {
            @Override
            public long size() {
                return file.length;
            }

            @Override
            public int read(long position, byte[] target, int offset, int length) throws IOException {
                int n = (int) Math.max(0, Math.min(length, file.length - position));
                System.arraycopy(file, (int) Math.min(position, file.length), target, offset, n);
                return n;
            }

            @Override
            public void close() {}
        };
        check.verify(PATH, second, FIRST, 0, buffer, buffer.length, findings);
    }

    @Test
    void the_first_page_of_a_later_file_has_its_number_in_the_whole_relation() {
        assertThat(check.firstBlock(PATH)).contains(FIRST);
        assertThat(check.firstBlock("base/5/16384")).contains(0L);
        assertThat(check.firstBlock("base/5/pg_filenode.map")).isEmpty();
        assertThat(check.firstBlock("global/pg_control")).isEmpty();
    }

    @Test
    void right_checksums_and_zero_pages_are_fine() throws Exception {
        byte[] buffer = Arrays.copyOf(pages(3, BEFORE), 4 * Pages.SIZE);
        file = new byte[0];

        verify(buffer);

        assertThat(findings.damaged()).isEmpty();
        assertThat(findings.suspects()).isEmpty();
    }

    @Test
    void a_page_that_is_damaged_at_both_readings_is_found() throws Exception {
        byte[] buffer = pages(4, BEFORE);
        buffer[2 * Pages.SIZE + 5000] ^= 1;
        file = buffer.clone();

        verify(buffer);

        assertThat(findings.damaged()).containsExactly(new DamagedPage(PATH, FIRST + 2));
    }

    @Test
    void a_torn_page_is_read_again_and_the_whole_one_goes_into_the_backup() throws Exception {
        byte[] written = pages(4, BEFORE);
        byte[] torn = written.clone();
        Arrays.fill(torn, Pages.SIZE + 4096, 2 * Pages.SIZE, (byte) 7);
        file = written;

        verify(torn);

        assertThat(findings.damaged()).isEmpty();
        assertThat(torn).isEqualTo(written);
    }

    @Test
    void a_torn_page_that_was_changed_since_the_start_is_fine_whatever_its_checksum() throws Exception {
        byte[] torn = pages(2, BEFORE);
        torn[4096] ^= 1;
        file = pages(2, DURING);
        file[4096] ^= 1;

        verify(torn);

        assertThat(findings.damaged()).isEmpty();
        assertThat(finish(OnDamage.FAIL)).isEmpty();
    }

    @Test
    void a_page_newer_than_the_backups_end_is_damaged() throws Exception {
        byte[] buffer = pages(2, Lsn.parse("FFFF/FFFF0000"));
        buffer[Pages.SIZE + 100] ^= 1;
        file = buffer.clone();

        verify(buffer);

        assertThat(findings.damaged()).isEmpty();
        assertThat(finish(OnDamage.WARN)).containsExactly(new DamagedPage(PATH, FIRST + 1));
    }

    @Test
    void a_torn_page_that_is_cut_off_meanwhile_is_filled_with_zeros() throws Exception {
        byte[] torn = pages(2, BEFORE);
        torn[Pages.SIZE + 100] ^= 1;
        file = Arrays.copyOf(torn, Pages.SIZE + 10);

        verify(torn);

        assertThat(findings.damaged()).isEmpty();
        assertThat(Arrays.copyOfRange(torn, Pages.SIZE + 10, 2 * Pages.SIZE)).containsOnly(0);
    }

    @Test
    void damage_fails_the_backup_and_names_file_and_blocks() throws Exception {
        byte[] buffer = pages(9, BEFORE);
        for (int page = 1; page < 8; page++) {
            buffer[page * Pages.SIZE + 99] ^= 1;
        }
        file = buffer.clone();
        verify(buffer);

        assertThatThrownBy(() -> new DamageReport(OnDamage.FAIL, said).add(findings))
                .isInstanceOfSatisfying(PgpitrException.class, e -> {
                    assertThat(e.exitCode()).isEqualTo(ExitCode.CORRUPT);
                    assertThat(e)
                            .hasMessage("the checksum of 7 pages of base/5/16384.2 is wrong: blocks 262145, 262146, "
                                    + "262147, 262148, 262149, ...");
                    assertThat(e.hint().orElseThrow()).contains("on_damage");
                });
    }

    @Test
    void damage_that_is_only_warned_of_is_said_and_recorded() throws Exception {
        byte[] buffer = pages(2, BEFORE);
        buffer[99] ^= 1;
        file = buffer.clone();
        verify(buffer);

        assertThat(finish(OnDamage.WARN)).containsExactly(new DamagedPage(PATH, FIRST));
        assertThat(said.lines).containsExactly("the checksum of a page of base/5/16384.2 is wrong: block 262144");
    }

    @Test
    void no_more_damaged_pages_are_kept_than_are_listed() {
        DamageReport report = new DamageReport(OnDamage.WARN, said);
        for (int file = 0; file < 3; file++) {
            PageCheck.Findings many = new PageCheck.Findings();
            for (int block = 0; block < 900; block++) {
                many.damaged().add(new DamagedPage("base/5/" + file, block));
            }
            report.add(many);
            assertThat(report.kept()).isEqualTo(Math.min(DamageReport.LISTED, 900 * (file + 1)));
        }
        assertThat(report.finish(STOP))
                .hasSize(DamageReport.LISTED)
                .startsWith(new DamagedPage("base/5/0", 0))
                .endsWith(new DamagedPage("base/5/1", 99));
        assertThat(said.lines).last().isEqualTo("2700 pages are damaged; the backup lists 1000 of them");
    }

    private java.util.List<DamagedPage> finish(OnDamage onDamage) {
        DamageReport report = new DamageReport(onDamage, said);
        report.add(findings);
        return report.finish(STOP);
    }
}
