package org.pgpitr.repository.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.TemporaryFolder;
import org.pgpitr.repository.codec.Encoded;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.faults.FaultPlan;
import org.pgpitr.storage.faults.FaultyStore;
import org.pgpitr.storage.faults.StoreOperation;
import org.pgpitr.storage.memory.MemoryStore;

class ManifestTest {
    private final MemoryStore store = new MemoryStore();

    private static ManifestEntry entry(int i, int lane) {
        String hash = "%064x".formatted(new Random(i).nextLong() & Long.MAX_VALUE);
        return ManifestEntry.file(
                        "base/" + lane + "/" + i,
                        i % 9000,
                        0600,
                        Instant.EPOCH.plusSeconds(i).plusNanos(i * 1000L))
                .withSha256(hash)
                .at(new LanePosition(lane, i / 100, i * 7L, i * 3L));
    }

    /** Entries of all lanes come in turn, as from several workers. */
    private static BackupSummary write(Generation generation, int lanes, int entriesPerLane) {
        try (ManifestWriter writer = new ManifestWriter(generation, BackupFixture.ID)) {
            for (int i = 0; i < entriesPerLane; i++) {
                for (int lane = 0; lane < lanes; lane++) {
                    writer.add(entry(i, lane));
                }
            }
            List<LaneTotals> totals = new ArrayList<>();
            for (int lane = lanes - 1; lane >= 0; lane--) {
                totals.add(new LaneTotals(lane, 2, entriesPerLane, 1000, 100 + lane));
            }
            BackupSummary summary = BackupFixture.summary(BackupFixture.ID, writer, totals);
            writer.commit(summary, totals);
            return summary;
        }
    }

    private static List<ManifestEntry> entries(Generation generation) {
        List<ManifestEntry> entries = new ArrayList<>();
        try (ManifestReader reader = ManifestReader.open(generation, BackupFixture.ID)) {
            for (Optional<ManifestEntry> e = reader.next(); e.isPresent(); e = reader.next()) {
                entries.add(e.get());
            }
        }
        return entries;
    }

    private ObjectKey key(Generation generation) {
        return generation.layout().manifest(BackupFixture.ID.value());
    }

    private String text(Generation generation) throws Exception {
        try (InputStream in = generation
                .codec()
                .decode(key(generation), store.open(key(generation)).orElseThrow())) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void replace(Generation generation, String text) throws Exception {
        store.delete(List.of(key(generation)));
        try (Encoded encoded = generation.codec().encode(Content.of(text.getBytes(StandardCharsets.UTF_8)))) {
            store.putIfAbsent(key(generation), encoded.content());
        }
    }

    private static void assertCorrupt(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        PgpitrException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CORRUPT));
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void totals_lanes_and_entries_come_back_lane_by_lane(Encryption encryption) {
        Generation generation = BackupFixture.generation(store, encryption);
        BackupSummary summary = write(generation, 3, 500);

        assertThat(ManifestReader.summary(generation, BackupFixture.ID)).isEqualTo(summary);
        try (ManifestReader reader = ManifestReader.open(generation, BackupFixture.ID)) {
            assertThat(reader.summary()).isEqualTo(summary);
            assertThat(reader.lanes())
                    .containsExactly(
                            new LaneTotals(0, 2, 500, 1000, 100),
                            new LaneTotals(1, 2, 500, 1000, 101),
                            new LaneTotals(2, 2, 500, 1000, 102));
        }
        List<ManifestEntry> expected = new ArrayList<>();
        for (int lane = 0; lane < 3; lane++) {
            for (int i = 0; i < 500; i++) {
                expected.add(entry(i, lane));
            }
        }
        assertThat(entries(generation)).isEqualTo(expected);
    }

    @Test
    void names_of_any_bytes_and_all_kinds_of_entries_come_back() {
        Generation generation = BackupFixture.generation(store, Encryption.NONE);
        LanePosition at = new LanePosition(0, 0, 0, 0);
        List<ManifestEntry> entries = List.of(
                ManifestEntry.directory(".", 0750, BackupFixture.TIME).at(at),
                ManifestEntry.directory("d " + (char) 0xDCFF, 01777, BackupFixture.TIME)
                        .at(at),
                ManifestEntry.link("l", "/t/" + (char) 0xDC80 + "ü", BackupFixture.TIME)
                        .at(at),
                ManifestEntry.file("ü ☃ 𝄞 \" \\ \n \u0001", 0, 04755, Instant.EPOCH.minusSeconds(1))
                        .withSha256("00".repeat(32))
                        .at(at));
        try (ManifestWriter writer = new ManifestWriter(generation, BackupFixture.ID)) {
            entries.forEach(writer::add);
            List<LaneTotals> lanes = List.of(new LaneTotals(0, 1, 4, 10, 10));
            writer.commit(BackupFixture.summary(BackupFixture.ID, writer, lanes), lanes);
        }
        assertThat(entries(generation)).isEqualTo(entries);
    }

    @Test
    void a_backup_of_no_files_is_one() {
        Generation generation = BackupFixture.generation(store, Encryption.NONE);
        try (ManifestWriter writer = new ManifestWriter(generation, BackupFixture.ID)) {
            writer.commit(BackupFixture.summary(BackupFixture.ID, writer, List.of()), List.of());
        }
        assertThat(entries(generation)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void the_totals_are_in_the_first_kilobytes_however_many_entries_there_are(Encryption encryption) {
        Generation generation = BackupFixture.generation(store, encryption);
        BackupSummary summary = write(generation, 2, 60_000);
        assertThat(store.stat(key(generation)).orElseThrow().length()).isGreaterThan(2 << 20);
        AtomicLong read = new AtomicLong();
        Generation counted = BackupFixture.generation(new CountingStore(store, read), encryption);

        assertThat(ManifestReader.summary(counted, BackupFixture.ID)).isEqualTo(summary);

        assertThat(read.get()).isLessThanOrEqualTo(256 << 10);
    }

    @Test
    void a_header_longer_than_the_first_kilobytes_is_read_from_the_whole() {
        Generation generation = BackupFixture.generation(store, Encryption.NONE);
        List<DamagedPage> pages = new ArrayList<>();
        Random random = new Random(4);
        for (int i = 0; i < 200_000; i++) {
            pages.add(new DamagedPage("base/5/16384", random.nextInt(1 << 30)));
        }
        BackupSummary summary;
        try (ManifestWriter writer = new ManifestWriter(generation, BackupFixture.ID)) {
            BackupSummary s = BackupFixture.summary(BackupFixture.ID, writer, List.of());
            summary = new BackupSummary(
                    s.id(),
                    s.systemIdentifier(),
                    s.major(),
                    s.serverVersion(),
                    s.pgpitrVersion(),
                    s.label(),
                    s.started(),
                    s.stopped(),
                    s.timeline(),
                    s.startLsn(),
                    s.stopLsn(),
                    s.segmentSize(),
                    s.source(),
                    s.xmin(),
                    s.nextXid(),
                    s.checksums(),
                    s.tablespaces(),
                    pages,
                    s.files(),
                    s.originalBytes(),
                    s.storedBytes(),
                    s.lanes());
            writer.commit(summary, List.of());
        }
        assertThat(ManifestReader.summary(generation, BackupFixture.ID).damagedPages())
                .isEqualTo(pages);
    }

    @Test
    void a_backup_that_does_not_exist_is_no_damaged_one() {
        Generation generation = BackupFixture.generation(store, Encryption.NONE);
        assertThatThrownBy(() -> ManifestReader.summary(generation, BackupFixture.ID))
                .isInstanceOfSatisfying(
                        PgpitrException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
                .hasMessageContaining("no backup " + BackupFixture.ID);
    }

    @Test
    void without_the_key_the_manifest_says_so() {
        write(BackupFixture.generation(store, Encryption.AGE), 1, 5);
        Generation keyless = BackupFixture.generation(store, Encryption.AGE, Keys.none());
        assertThatThrownBy(() -> ManifestReader.summary(keyless, BackupFixture.ID))
                .isInstanceOfSatisfying(
                        PgpitrException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.NO_KEY));
    }

    @ParameterizedTest
    @ValueSource(strings = {"first", "middle", "last"})
    void a_missing_line_is_found(String which) throws Exception {
        Generation generation = BackupFixture.generation(store, Encryption.NONE);
        write(generation, 2, 10);
        List<String> lines = new ArrayList<>(text(generation).lines().toList());
        assertThat(lines).hasSize(1 + 2 + 20);
        lines.remove(
                switch (which) {
                    case "first" -> 3;
                    case "middle" -> 12;
                    default -> lines.size() - 1;
                });
        replace(generation, String.join("\n", lines) + "\n");
        assertCorrupt(() -> entries(generation));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, LaneTotals.MOST_OBJECTS + 1, Integer.MAX_VALUE})
    void a_lane_of_more_objects_than_one_can_have_or_less_than_none_is_damage(int objects) throws Exception {
        Generation generation = BackupFixture.generation(store, Encryption.NONE);
        write(generation, 2, 10);
        String text = text(generation);
        replace(generation, text.replaceFirst("\"objects\":2", "\"objects\":" + LaneTotals.MOST_OBJECTS));
        assertThat(entries(generation)).hasSize(20);

        replace(generation, text.replaceFirst("\"objects\":2", "\"objects\":" + objects));

        assertCorrupt(() -> entries(generation));
    }

    @Test
    void a_missing_lane_line_or_a_line_in_the_wrong_place_is_found() throws Exception {
        Generation generation = BackupFixture.generation(store, Encryption.NONE);
        write(generation, 2, 10);
        List<String> lines = text(generation).lines().toList();
        List<String> withoutLane = new ArrayList<>(lines);
        withoutLane.remove(1);
        replace(generation, String.join("\n", withoutLane) + "\n");
        assertCorrupt(() -> entries(generation));

        List<String> swapped = new ArrayList<>(lines);
        swapped.add(3, swapped.remove(lines.size() - 1));
        replace(generation, String.join("\n", swapped) + "\n");
        assertCorrupt(() -> entries(generation));
    }

    @Test
    void text_that_is_no_manifest_is_refused_line_by_line() throws Exception {
        Generation generation = BackupFixture.generation(store, Encryption.NONE);
        write(generation, 1, 3);
        String good = text(generation);
        for (String bad : List.of(
                "",
                "[]",
                "{}",
                "nonsense",
                good.replaceFirst("\"pgpitr\":1", "\"pgpitr\":2"),
                good.replaceFirst("\"start_lsn\":\"[^\"]*\"", "\"start_lsn\":\"x\""),
                good.replaceFirst("\"segment_size\":[0-9]*", "\"segment_size\":17"),
                good.replaceFirst("\"mode\":\"600\"", "\"mode\":\"999\""),
                good.replaceFirst("\"size\":0", "\"size\":-1"),
                good.replaceFirst("\"at\":\\[[0-9,]*\\]", "\"at\":[1,2]"),
                good.replaceFirst("\"sha256\":\"[0-9a-f]*\"", "\"sha\":\"\""),
                good.replaceFirst(BackupFixture.ID.value(), "20261121T004501Z"),
                good.substring(0, good.length() / 2))) {
            assertThat(bad).isNotEqualTo(good);
            replace(generation, bad);
            assertCorrupt(() -> entries(generation));
        }
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void flipped_bits_and_cuts_are_found(Encryption encryption) throws Exception {
        Generation generation = BackupFixture.generation(store, encryption);
        write(generation, 2, 300);
        byte[] good;
        try (InputStream in = store.open(key(generation)).orElseThrow()) {
            good = in.readAllBytes();
        }
        long seed = 99;
        Random random = new Random(seed);
        for (int i = 0; i < 60; i++) {
            byte[] bad = i % 2 == 0 ? good.clone() : Arrays.copyOf(good, random.nextInt(good.length));
            int at = random.nextInt(good.length);
            if (i % 2 == 0) {
                bad[at] ^= (byte) (1 << random.nextInt(8));
            }
            store.delete(List.of(key(generation)));
            store.putIfAbsent(key(generation), Content.of(bad));
            assertThatThrownBy(() -> entries(generation))
                    .as("seed %d, round %d, byte %d, length %d", seed, i, at, bad.length)
                    .isInstanceOfSatisfying(
                            PgpitrException.class,
                            e -> assertThat(e.exitCode()).isIn(ExitCode.CORRUPT, ExitCode.NO_KEY));
        }
    }

    @Test
    void a_broken_connection_is_the_stores_failure_not_damage() {
        write(BackupFixture.generation(store, Encryption.NONE), 2, 3000);
        FaultPlan plan = FaultPlan.nth(StoreOperation.OPEN, 1, FaultPlan.Moment.MIDWAY);
        Generation faulty = BackupFixture.generation(new FaultyStore(store, plan), Encryption.NONE);
        assertThatThrownBy(() -> entries(faulty)).isInstanceOf(StorageException.class);
    }

    @Test
    void totals_that_are_not_those_of_the_entries_are_never_stored() {
        Generation generation = BackupFixture.generation(store, Encryption.NONE);
        try (ManifestWriter writer = new ManifestWriter(generation, BackupFixture.ID)) {
            writer.add(entry(1, 0));
            List<LaneTotals> lanes = List.of(new LaneTotals(0, 1, 2, 10, 10));
            BackupSummary summary = BackupFixture.summary(BackupFixture.ID, writer, lanes);
            assertThatThrownBy(() -> writer.commit(summary, lanes)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(store.stat(key(generation))).isEmpty();
    }

    @Test
    void a_manifest_is_never_replaced_but_ones_own_may_be_there_already() {
        Generation generation = BackupFixture.generation(store, Encryption.NONE);
        write(generation, 1, 3);
        assertThatCode(() -> write(generation, 1, 3)).doesNotThrowAnyException();
        assertThatThrownBy(() -> write(generation, 1, 4))
                .isInstanceOfSatisfying(
                        PgpitrException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.LOCKED));
    }

    private static long read(ManifestSpool spool) throws IOException {
        long length = 0;
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = spool.open()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                length += n;
            }
        }
        return length;
    }

    @Test
    void a_quarter_of_a_million_entries_pass_through_the_spool_in_bounded_memory() throws Exception {
        try (ManifestSpool spool = new ManifestSpool(TemporaryFolder.standard())) {
            byte[] line = "x".repeat(199).concat("\n").getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 250_000; i++) {
                spool.add(i % 4, line);
            }
            assertThat(spool.bufferBytes()).isLessThanOrEqualTo(4 * 2 * 65_536);
            assertThat(spool.length()).isEqualTo(50_000_000);
            assertThat(read(spool)).isEqualTo(50_000_000);
        }
    }

    @Test
    void three_thousand_lanes_take_no_more_memory_than_those_that_are_being_written() throws Exception {
        try (ManifestSpool spool = new ManifestSpool(TemporaryFolder.standard())) {
            byte[] line = "x".repeat(199).concat("\n").getBytes(StandardCharsets.US_ASCII);
            for (int lane = 0; lane < 3000; lane++) {
                for (int i = 0; i < 350; i++) {
                    spool.add(lane, line);
                }
                spool.end(lane);
                spool.end(lane);
                assertThat(spool.bufferBytes()).isZero();
            }
            assertThat(read(spool)).isEqualTo(spool.length()).isEqualTo(3000L * 350 * 200);
            assertThatThrownBy(() -> spool.add(7, line)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void a_temporary_folder_that_can_not_be_used_is_named(@TempDir Path folder) throws IOException {
        TemporaryFolder gone = new TemporaryFolder(folder.resolve("gone"));
        assertThatThrownBy(() -> new ManifestSpool(gone)).isInstanceOfSatisfying(PgpitrException.class, e -> {
            assertThat(e.exitCode()).isEqualTo(ExitCode.DISK_UNAVAILABLE);
            assertThat(e).hasMessageContaining("the temporary folder " + gone.path() + " can't be used");
            assertThat(e.hint()).hasValueSatisfying(hint -> assertThat(hint).contains("java.io.tmpdir"));
        });
        byte[] line = new byte[1 << 16];
        ManifestSpool closed = new ManifestSpool(new TemporaryFolder(folder));
        closed.close();
        assertThatThrownBy(() -> closed.add(0, line)).isInstanceOf(PgpitrException.class);
    }

    @Test
    void reading_holds_one_entry_at_a_time() {
        Generation generation = BackupFixture.generation(store, Encryption.NONE);
        write(generation, 2, 60_000);
        AtomicLong read = new AtomicLong();
        Generation counted = BackupFixture.generation(new CountingStore(store, read), Encryption.NONE);
        long stored = store.stat(key(generation)).orElseThrow().length();
        try (ManifestReader reader = ManifestReader.open(counted, BackupFixture.ID)) {
            for (int i = 0; i < 60_000; i++) {
                reader.next();
            }
            assertThat(read.get()).isBetween(stored / 3, stored * 2 / 3);
        }
    }
}
