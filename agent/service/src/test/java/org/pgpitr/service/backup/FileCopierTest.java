package org.pgpitr.service.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.LaneWriter;
import org.pgpitr.repository.backup.ManifestEntry;
import org.pgpitr.repository.backup.ManifestWriter;
import org.pgpitr.storage.memory.MemoryStore;

class FileCopierTest {
    private static final Lsn START = Lsn.parse("0/5000028");
    private static final Lsn BEFORE = Lsn.parse("0/4000000");

    @TempDir
    Path data;

    private final Random random = new Random(7);
    private final Generation generation = TestGeneration.in(new MemoryStore());
    private final ManifestWriter manifest = new ManifestWriter(generation, TestGeneration.BACKUP);
    private final Lanes lanes = new Lanes(generation, TestGeneration.BACKUP, manifest, Lanes.FULL);
    private final SaidLines said = new SaidLines();
    private final PageCheck.Findings findings = new PageCheck.Findings();

    @AfterEach
    void close() {
        lanes.close();
        manifest.close();
    }

    private Optional<ManifestEntry> copy(String path, FileBytes.Opener opener) throws Exception {
        PageCheck pages = new PageCheck(Pages.SIZE, 131_072, START);
        FileCopier copier = new FileCopier(data, Optional.of(pages), opener, said);
        try (LaneWriter lane = lanes.open()) {
            Optional<ManifestEntry> entry = copier.copy(path, lane, findings);
            entry.ifPresent(lanes::record);
            lanes.finish(lane);
            return entry;
        }
    }

    private byte[] stored(String path) {
        return TestGeneration.read(generation, lanes.totals()).get(path);
    }

    private byte[] write(String path, byte[] content) throws IOException {
        Files.createDirectories(data.resolve(path).getParent());
        Files.write(data.resolve(path), content);
        return content;
    }

    private byte[] randomBytes(int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Opens a file and lets something happen once, just before the first byte at or behind a position is read. */
    private static FileBytes.Opener when(long position, FileChange change) {
        return file -> {
            FileBytes bytes = FileBytes.open(file);
            AtomicBoolean done = new AtomicBoolean();
            return new FileBytes() {
                @Override
                public long size() throws IOException {
                    return bytes.size();
                }

                @Override
                public int read(long from, byte[] buffer, int offset, int length) throws IOException {
                    if (from >= position && done.compareAndSet(false, true)) {
                        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
                            change.apply(open);
                        }
                    }
                    return bytes.read(from, buffer, offset, length);
                }

                @Override
                public void close() throws IOException {
                    bytes.close();
                }
            };
        };
    }

    @FunctionalInterface
    private interface FileChange {
        void apply(RandomAccessFile file) throws IOException;
    }

    @Test
    void a_file_is_copied_with_digest_size_time_and_permissions() throws Exception {
        byte[] content = write("base/5/notes", randomBytes(1_000_003));
        Files.setPosixFilePermissions(data.resolve("base/5/notes"), PosixFilePermissions.fromString("rw-r-----"));

        ManifestEntry entry = copy("base/5/notes", FileBytes::open).orElseThrow();

        assertThat(stored("base/5/notes")).isEqualTo(content);
        assertThat(entry.size()).isEqualTo(content.length);
        assertThat(entry.mode()).isEqualTo(0640);
        assertThat(entry.modified())
                .isEqualTo(
                        Files.getLastModifiedTime(data.resolve("base/5/notes")).toInstant());
        assertThat(entry.sha256()).contains(TestGeneration.sha256(content));
        assertThat(said.advanced.get()).isEqualTo(content.length);
    }

    @Test
    void an_empty_file_is_copied() throws Exception {
        write("base/5/16385_init", new byte[0]);

        assertThat(copy("base/5/16385_init", FileBytes::open).orElseThrow().sha256())
                .contains(TestGeneration.sha256(new byte[0]));
        assertThat(stored("base/5/16385_init")).isEmpty();
    }

    @Test
    void a_file_that_shrinks_is_filled_up_with_zeros() throws Exception {
        byte[] content = write("base/5/16384", Pages.random(random, 100, 0, BEFORE));
        int left = 40 * Pages.SIZE + 100;

        ManifestEntry entry = copy("base/5/16384", when(32 * Pages.SIZE, file -> file.setLength(left)))
                .orElseThrow();

        byte[] expected = Arrays.copyOf(Arrays.copyOf(content, left), content.length);
        assertThat(stored("base/5/16384")).isEqualTo(expected);
        assertThat(entry.size()).isEqualTo(content.length);
        assertThat(entry.sha256()).contains(TestGeneration.sha256(expected));
        assertThat(findings.damaged()).isEmpty();
    }

    @Test
    void a_file_that_grows_is_cut_at_the_size_it_had_when_it_was_opened() throws Exception {
        byte[] content = write("base/5/16384", Pages.random(random, 100, 0, BEFORE));

        copy("base/5/16384", when(0, file -> {
            file.seek(content.length);
            file.write(new byte[50 * Pages.SIZE]);
        }));

        assertThat(stored("base/5/16384")).isEqualTo(content);
    }

    @Test
    void a_file_that_is_gone_before_it_is_opened_is_left_out() throws Exception {
        assertThat(copy("base/5/16384", FileBytes::open)).isEmpty();
        assertThat(TestGeneration.read(generation, lanes.totals())).isEmpty();
    }

    @Test
    void a_file_that_vanishes_between_opening_and_looking_at_it_is_left_out() throws Exception {
        write("base/5/16384", randomBytes(100));

        assertThat(copy("base/5/16384", file -> {
                    FileBytes bytes = FileBytes.open(file);
                    Files.delete(file);
                    return bytes;
                }))
                .isEmpty();
        assertThat(TestGeneration.read(generation, lanes.totals())).isEmpty();
    }

    @Test
    void a_file_that_vanishes_while_it_is_read_is_copied_whole() throws Exception {
        byte[] content = write("base/5/notes", randomBytes(700_000));

        copy("base/5/notes", when(300_000, open -> Files.delete(data.resolve("base/5/notes"))));

        assertThat(stored("base/5/notes")).isEqualTo(content);
    }

    @Test
    void a_damaged_page_is_found_by_its_number() throws Exception {
        byte[] content = Pages.random(random, 70, 131_072, BEFORE);
        content[66 * Pages.SIZE + 4000] ^= 1;
        write("base/5/16384.1", content);

        copy("base/5/16384.1", FileBytes::open);

        assertThat(findings.damaged()).singleElement().satisfies(page -> {
            assertThat(page.path()).isEqualTo("base/5/16384.1");
            assertThat(page.block()).isEqualTo(131_072 + 66);
        });
        assertThat(stored("base/5/16384.1")).isEqualTo(content);
    }

    @Test
    void the_digest_is_of_a_torn_pages_second_reading() throws Exception {
        byte[] whole = Pages.random(random, 3, 0, BEFORE);
        byte[] torn = whole.clone();
        Arrays.fill(torn, Pages.SIZE + 4096, 2 * Pages.SIZE, (byte) 0);
        write("base/5/16384", torn);

        ManifestEntry entry = copy("base/5/16384", when(Pages.SIZE, file -> {
                    file.seek(0);
                    file.write(whole);
                }))
                .orElseThrow();

        assertThat(stored("base/5/16384")).isEqualTo(whole);
        assertThat(entry.sha256()).contains(TestGeneration.sha256(whole));
        assertThat(findings.damaged()).isEmpty();
    }

    @Test
    void a_remainder_of_less_than_a_page_is_copied_and_noted() throws Exception {
        byte[] content = Arrays.copyOf(Pages.random(random, 2, 0, BEFORE), 2 * Pages.SIZE + 500);
        Arrays.fill(content, 2 * Pages.SIZE, content.length, (byte) 9);
        write("base/5/16384", content);

        copy("base/5/16384", FileBytes::open);

        assertThat(stored("base/5/16384")).isEqualTo(content);
        assertThat(findings.damaged()).isEmpty();
        assertThat(said.lines)
                .containsExactly("the last 500 bytes of base/5/16384 are not a whole page, so no checksum covers them");
    }

    @Test
    void a_file_that_another_thread_keeps_changing_has_the_announced_size_and_the_right_digest() throws Exception {
        Path file = data.resolve("base/5/changing");
        write("base/5/changing", randomBytes(3 << 20));
        Thread changes = new Thread(() -> {
            Random choice = new Random(11);
            try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
                while (!Thread.interrupted()) {
                    open.setLength(1 + choice.nextInt(6 << 20));
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        changes.start();
        try {
            for (int i = 0; i < 20; i++) {
                Files.deleteIfExists(data.resolve("base/5/copy" + i));
                Files.createLink(data.resolve("base/5/copy" + i), file);
                ManifestEntry entry = copy("base/5/copy" + i, FileBytes::open).orElseThrow();
                byte[] stored = stored("base/5/copy" + i);
                assertThat((long) stored.length).isEqualTo(entry.size());
                assertThat(entry.sha256()).contains(TestGeneration.sha256(stored));
            }
        } finally {
            changes.interrupt();
            changes.join();
        }
    }

    @Test
    void an_interruption_stops_the_reading() throws Exception {
        write("base/5/notes", randomBytes(700_000));

        assertThatThrownBy(() -> copy(
                        "base/5/notes",
                        when(300_000, file -> Thread.currentThread().interrupt())))
                .isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void an_opener_that_fails_names_the_file() {
        assertThatThrownBy(() -> copy("base/5/notes", file -> {
                    throw new IOException("Input/output error");
                }))
                .hasMessageContaining("base/5/notes")
                .hasMessageContaining("Input/output error");
    }
}
