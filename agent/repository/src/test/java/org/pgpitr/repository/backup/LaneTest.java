package org.pgpitr.repository.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupFixture.Made;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.memory.MemoryStore;

class LaneTest {
    private final MemoryStore store = new MemoryStore();
    private final ExecutorService transfers = BackupFixture.daemons(4);

    @AfterEach
    void stop() {
        transfers.shutdownNow();
    }

    static void assertSame(ManifestEntry found, ManifestEntry expected) {
        assertThat(found.path()).isEqualTo(expected.path());
        assertThat(found.kind()).isEqualTo(expected.kind());
        assertThat(found.size()).isEqualTo(expected.size());
        assertThat(found.mode()).isEqualTo(expected.mode());
        assertThat(found.linkTarget()).isEqualTo(expected.linkTarget());
        assertThat(found.modified()).isEqualTo(expected.modified().truncatedTo(ChronoUnit.SECONDS));
    }

    private static byte[] rest(LaneReader reader, int size) {
        byte[] bytes = new byte[size + 1];
        int length = 0;
        for (int n = reader.read(bytes, 0, bytes.length);
                n >= 0;
                n = reader.read(bytes, length, bytes.length - length)) {
            length += n;
        }
        return Arrays.copyOf(bytes, length);
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void what_was_written_is_read_back_entry_by_entry(Encryption encryption) {
        Generation generation = BackupFixture.generation(store, encryption);
        List<Made> entries = BackupFixture.mixedLane(42);
        LaneTotals totals = BackupFixture.write(generation, 3, entries, transfers, new ArrayList<>());

        assertThat(totals.objects()).isGreaterThan(2);
        assertThat(totals.entries()).isEqualTo(entries.size());
        try (LaneReader reader = new LaneReader(generation, BackupFixture.ID, totals, transfers)) {
            for (Made made : entries) {
                ManifestEntry found = reader.next().orElseThrow();
                assertSame(found, made.entry());
                assertThat(rest(reader, (int) found.size())).isEqualTo(BackupFixture.content(made));
            }
            assertThat(reader.next()).isEmpty();
        }
    }

    @Test
    void entries_can_be_passed_over() {
        Generation generation = BackupFixture.generation(store, Encryption.NONE);
        List<Made> entries = BackupFixture.mixedLane(43);
        LaneTotals totals = BackupFixture.write(generation, 0, entries, transfers, new ArrayList<>());
        try (LaneReader reader = new LaneReader(generation, BackupFixture.ID, totals, transfers)) {
            for (Made made : entries) {
                assertThat(reader.next().map(ManifestEntry::path))
                        .contains(made.entry().path());
            }
            assertThat(reader.next()).isEmpty();
        }
    }

    @Test
    void an_object_is_never_bigger_than_16_MiB_and_totals_are_those_of_the_store() {
        Generation generation = BackupFixture.generation(store, Encryption.NONE);
        LaneTotals totals =
                BackupFixture.write(generation, 0, BackupFixture.mixedLane(1), transfers, new ArrayList<>());
        long stored = 0;
        for (int i = 0; i < totals.objects(); i++) {
            long length = store.stat(generation.layout().data(BackupFixture.ID.value(), 0, i))
                    .orElseThrow()
                    .length();
            assertThat(length).isLessThanOrEqualTo(16 << 20);
            stored += length;
        }
        assertThat(stored).isEqualTo(totals.storedBytes());
        assertThat(store.stat(generation.layout().data(BackupFixture.ID.value(), 0, totals.objects())))
                .isEmpty();
    }

    @Test
    void an_entry_is_found_at_its_position_without_the_frames_before_it() throws Exception {
        Generation generation = BackupFixture.generation(store, Encryption.NONE);
        List<ManifestEntry> entries = new ArrayList<>();
        BackupFixture.write(generation, 0, BackupFixture.mixedLane(5), transfers, entries);
        for (ManifestEntry entry : entries) {
            LanePosition at = entry.position().orElseThrow();
            ObjectKey key = generation.layout().data(BackupFixture.ID.value(), at.lane(), at.sequence());
            byte[] object;
            try (InputStream in = store.open(key).orElseThrow()) {
                object = in.readAllBytes();
            }
            byte[] fromFrame = Arrays.copyOfRange(object, (int) at.frameOffset(), object.length);
            byte[] frame = Zstd.decompressFrame(fromFrame);
            String name = new String(frame, (int) at.entryOffset(), 5, StandardCharsets.ISO_8859_1);
            String path = entry.path().length() > 90 ? "././@" : entry.path() + "/";
            assertThat(path).startsWith(name.replace("\0", ""));
        }
    }

    @Test
    void a_lane_without_entries_is_an_empty_tar_stream() {
        Generation generation = BackupFixture.generation(store, Encryption.NONE);
        LaneTotals totals = BackupFixture.write(generation, 0, List.of(), transfers, new ArrayList<>());
        try (LaneReader reader = new LaneReader(generation, BackupFixture.ID, totals, transfers)) {
            assertThat(reader.next()).isEqualTo(Optional.empty());
        }
    }

    @Test
    void frames_of_another_writer_may_be_bigger_and_span_what_they_like() throws Exception {
        Generation generation = BackupFixture.generation(store, Encryption.NONE);
        byte[] content = BackupFixture.content(9 << 20, 11, BackupFixture.Compressible.YES);
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        tar.writeBytes(TarForm.header(ManifestEntry.file("x", content.length, 0600, BackupFixture.TIME)));
        tar.writeBytes(content);
        tar.writeBytes(new byte[TarForm.padding(content.length) + 1024]);
        byte[] frame = Zstd.compress(tar.toByteArray(), 1);
        store.putIfAbsent(generation.layout().data(BackupFixture.ID.value(), 0, 0), Content.of(frame));
        LaneTotals totals = new LaneTotals(0, 1, 1, tar.size(), frame.length);
        try (LaneReader reader = new LaneReader(generation, BackupFixture.ID, totals, transfers)) {
            assertThat(reader.next()).isPresent();
            assertThat(rest(reader, content.length)).isEqualTo(content);
            assertThat(reader.next()).isEmpty();
        }
    }

    @Test
    void an_entry_of_another_size_than_announced_is_refused() {
        Generation generation = BackupFixture.generation(store, Encryption.NONE);
        try (LaneWriter writer = new LaneWriter(generation, BackupFixture.ID, 0, transfers)) {
            writer.begin(ManifestEntry.file("a", 10, 0600, BackupFixture.TIME));
            writer.write(new byte[10], 0, 9);
            assertThatThrownBy(writer::end).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> writer.write(new byte[10], 0, 2)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void an_encrypted_lane_without_the_key_says_so() {
        Generation writing = BackupFixture.generation(store, Encryption.AGE);
        LaneTotals totals =
                BackupFixture.write(writing, 0, BackupFixture.mixedLane(1).subList(0, 4), transfers, new ArrayList<>());
        Generation reading = BackupFixture.generation(store, Encryption.AGE, Keys.none());
        try (LaneReader reader = new LaneReader(reading, BackupFixture.ID, totals, transfers)) {
            assertThatThrownBy(reader::next)
                    .isInstanceOfSatisfying(
                            PgpitrException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.NO_KEY));
        }
    }
}
