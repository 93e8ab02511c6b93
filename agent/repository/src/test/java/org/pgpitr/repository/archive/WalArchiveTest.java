package org.pgpitr.repository.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.StoredBytes;
import org.pgpitr.repository.archive.WalArchive.Pushed;
import org.pgpitr.repository.codec.AgeIdentity;
import org.pgpitr.repository.codec.CompressedFile;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.memory.MemoryStore;

class WalArchiveTest {
    private static final WalSegmentName SEGMENT = WalSegmentName.parse("0000000100000000000000A3");
    private static final AgeIdentity OWN = AgeIdentity.generate();

    @TempDir
    private Path directory;

    private final MemoryStore store = new MemoryStore();

    private WalArchive archive(Encryption encryption, Keys keys) {
        Repository repository = new Repository(store, new ClusterName("main"), keys, 3);
        ClusterIdentity identity = WalFiles.cluster(1, WalFiles.CLUSTER, encryption);
        Generation generation = repository.generations().isEmpty() ? repository.create(identity) : repository.current();
        return new WalArchive(generation);
    }

    private WalArchive archive(Encryption encryption) {
        return archive(
                encryption,
                encryption == Encryption.NONE ? Keys.none() : Keys.of(List.of(OWN.recipient()), List.of(OWN)));
    }

    private static byte[] segment(WalSegmentName name, long seed) {
        return WalFiles.segment(name, WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE), seed);
    }

    private static void assertFails(ThrowingCallable call, ExitCode code, String message) {
        assertThatThrownBy(call).isInstanceOfSatisfying(PgpitrException.class, e -> {
            assertThat(e.exitCode()).isEqualTo(code);
            assertThat(e).hasMessageContaining(message);
            assertThat(e.hint()).isPresent();
        });
    }

    private byte[] stored(ObjectKey key) {
        return StoredBytes.of(store, key);
    }

    private void replace(ObjectKey key, byte[] bytes) {
        store.replace(key, Content.of(bytes), store.stat(key).orElseThrow().version());
    }

    private List<String> files() throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void a_pushed_file_is_fetched(Encryption encryption) throws IOException {
        WalArchive archive = archive(encryption);
        byte[] content = segment(SEGMENT, 1);
        assertThat(archive.contains(SEGMENT)).isFalse();
        assertThat(archive.push(SEGMENT, Content.of(content))).isEqualTo(Pushed.STORED);
        assertThat(archive.contains(SEGMENT)).isTrue();
        Path place = directory.resolve("RECOVERYXLOG");
        Files.writeString(place, "left over");
        assertThat(archive.fetch(SEGMENT, place)).isTrue();
        assertThat(place).hasBinaryContent(content);
        assertThat(files()).containsExactly("RECOVERYXLOG");
    }

    @Test
    void an_absent_file_is_absent_and_leaves_nothing() throws IOException {
        assertThat(archive(Encryption.NONE).fetch(SEGMENT, directory.resolve("x")))
                .isFalse();
        assertThat(files()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void the_same_content_again_is_success_without_a_private_key(Encryption encryption) {
        Keys writing = encryption == Encryption.NONE ? Keys.none() : Keys.of(List.of(OWN.recipient()), List.of());
        WalArchive archive = archive(encryption, writing);
        archive.push(SEGMENT, Content.of(segment(SEGMENT, 1)));
        assertThat(archive.push(SEGMENT, Content.of(segment(SEGMENT, 1)))).isEqualTo(Pushed.ALREADY_THERE);
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    @DisplayName("Class 7: other content under the same name, of a twin cluster or a re-push, is refused")
    void other_content_is_a_conflict(Encryption encryption) throws IOException {
        Keys writing = encryption == Encryption.NONE ? Keys.none() : Keys.of(List.of(OWN.recipient()), List.of());
        WalArchive archive = archive(encryption, writing);
        archive.push(SEGMENT, Content.of(segment(SEGMENT, 1)));
        byte[] before = stored(archive.generation().layout().wal(SEGMENT));
        assertThatThrownBy(() -> archive.push(SEGMENT, Content.of(segment(SEGMENT, 2))))
                .isInstanceOfSatisfying(PgpitrException.class, e -> {
                    assertThat(e.exitCode()).isEqualTo(ExitCode.WAL_CONFLICT);
                    assertThat(e)
                            .hasMessageMatching(
                                    "WAL segment 0000000100000000000000A3 is already archived with different "
                                            + "content \\(SHA-256 archived [0-9a-f]{64}, here [0-9a-f]{64}\\)");
                    assertThat(e.hint())
                            .hasValue("another cluster may be archiving to this repository; run `pgpitr check`");
                });
        assertThat(stored(archive.generation().layout().wal(SEGMENT))).isEqualTo(before);
    }

    @Test
    @DisplayName("Class 8: an archived history file is never overwritten")
    void another_history_is_a_conflict() {
        WalArchive archive = archive(Encryption.NONE);
        WalFileName name = WalFileName.parse("00000002.history");
        archive.push(name, Content.of("1\t0/A300000\tno recovery target specified\n".getBytes(StandardCharsets.UTF_8)));
        assertFails(
                () -> archive.push(name, Content.of("1\t0/B300000\tother\n".getBytes(StandardCharsets.UTF_8))),
                ExitCode.WAL_CONFLICT,
                "timeline history 00000002.history is already archived with different content");
        assertThat(archive.histories()
                        .readable()
                        .get(new TimelineId(2))
                        .ancestors()
                        .get(0)
                        .switchPoint())
                .hasToString("0/A300000");
    }

    @Test
    void two_partial_segments_of_one_name_are_a_conflict_with_a_hint_of_its_own() {
        WalArchive archive = archive(Encryption.NONE);
        WalFileName name = WalFileName.parse(SEGMENT + ".partial");
        archive.push(name, Content.of(segment(SEGMENT, 1)));
        assertThatThrownBy(() -> archive.push(name, Content.of(segment(SEGMENT, 2))))
                .isInstanceOfSatisfying(
                        PgpitrException.class,
                        e -> assertThat(e.hint())
                                .hasValueSatisfying(h -> assertThat(h).contains("two servers have left timeline 1")));
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void an_object_that_does_not_tell_what_it_holds_is_corrupt_and_not_replaced(Encryption encryption)
            throws IOException {
        WalArchive archive = archive(encryption);
        archive.push(SEGMENT, Content.of(segment(SEGMENT, 1)));
        ObjectKey key = archive.generation().layout().wal(SEGMENT);
        for (byte[] damaged : List.of(new byte[0], new byte[2000], Arrays.copyOf(stored(key), 60))) {
            replace(key, damaged);
            assertFails(
                    () -> archive.push(SEGMENT, Content.of(segment(SEGMENT, 1))),
                    ExitCode.CORRUPT,
                    key + " is damaged");
            assertThat(stored(key)).isEqualTo(damaged);
        }
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    @DisplayName("Class 2: truncated or zeroed WAL is never delivered")
    void damaged_objects_are_not_delivered(Encryption encryption) throws IOException {
        WalArchive archive = archive(encryption);
        archive.push(SEGMENT, Content.of(segment(SEGMENT, 1)));
        ObjectKey key = archive.generation().layout().wal(SEGMENT);
        byte[] good = stored(key);
        byte[] zeroedTail = good.clone();
        Arrays.fill(zeroedTail, good.length / 2, good.length, (byte) 0);
        Path place = directory.resolve("RECOVERYXLOG");
        for (byte[] damaged : List.of(
                new byte[0],
                new byte[good.length],
                Arrays.copyOf(good, good.length - 1),
                zeroedTail,
                Arrays.copyOf(good, 700))) {
            replace(key, damaged);
            assertFails(() -> archive.fetch(SEGMENT, place), ExitCode.CORRUPT, "is damaged");
            assertThat(files()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1000, (1 << 20) - 1, 2 << 20})
    @DisplayName("Class 2: a segment that was archived short or long is not delivered")
    void a_segment_of_a_wrong_size_is_not_delivered(int size) throws IOException {
        WalArchive archive = archive(Encryption.NONE);
        archive.push(SEGMENT, Content.of(Arrays.copyOf(segment(SEGMENT, 1), size)));
        assertFails(
                () -> archive.fetch(SEGMENT, directory.resolve("x")), ExitCode.CORRUPT, "it has " + size + " bytes");
        assertThat(files()).isEmpty();
    }

    @Test
    @DisplayName("Class 5: the segment size is the cluster's, never assumed")
    void segments_of_the_smallest_and_of_large_sizes_are_verified_by_the_clusters_size() throws IOException {
        for (int size : new int[] {1 << 20, 16 << 20, 64 << 20}) {
            ClusterIdentity identity = WalFiles.cluster(1, WalFiles.CLUSTER, 17, size, Encryption.NONE);
            Repository repository = new Repository(new MemoryStore(), new ClusterName("main"), Keys.none(), 1);
            WalArchive archive = new WalArchive(repository.create(identity));
            WalSegmentName name = WalSegmentName.of(TimelineId.FIRST, 5, identity.segmentSize());
            byte[] content = WalFiles.segment(name, identity, 3);
            try (CompressedFile compressed = CompressedFile.of(name.toString(), Content.of(content), 1)) {
                archive.push(name, compressed, new byte[0]);
            }
            Path place = directory.resolve("segment-" + size);
            assertThat(archive.fetch(name, place)).isTrue();
            assertThat(place).hasBinaryContent(content);
        }
    }

    @Test
    void an_object_under_another_files_key_is_not_delivered() throws IOException {
        WalArchive archive = archive(Encryption.NONE);
        WalSegmentName next = SEGMENT.next(archive.generation().identity().segmentSize());
        archive.push(SEGMENT, Content.of(segment(SEGMENT, 1)));
        store.putIfAbsent(
                archive.generation().layout().wal(next),
                Content.of(stored(archive.generation().layout().wal(SEGMENT))));
        assertFails(() -> archive.fetch(next, directory.resolve("x")), ExitCode.CORRUPT, "it holds " + SEGMENT);
    }

    @Test
    @DisplayName("Class 19: neither a .backup nor a .partial is taken for the segment whose name they begin with")
    void only_the_exact_name_is_delivered() throws IOException {
        WalArchive archive = archive(Encryption.NONE);
        WalFileName backup = WalFileName.parse(SEGMENT + ".00000028.backup");
        archive.push(backup, Content.of("START WAL LOCATION: …".getBytes(StandardCharsets.UTF_8)));
        archive.push(WalFileName.parse(SEGMENT + ".partial"), Content.of(segment(SEGMENT, 2)));
        assertThat(archive.contains(SEGMENT)).isFalse();
        assertThat(archive.fetch(SEGMENT, directory.resolve("x"))).isFalse();
        assertThat(archive.scan().contains(TimelineId.FIRST, 0xA3)).isFalse();
        assertThat(archive.scan().containsPartial(TimelineId.FIRST, 0xA3)).isTrue();
        assertThat(archive.fetch(backup, directory.resolve("y"))).isTrue();
        assertThat(files()).containsExactly("y");
    }

    @Test
    void a_listing_finds_segments_in_order_and_passes_over_what_is_foreign() {
        WalArchive archive = archive(Encryption.NONE);
        for (String name : List.of(
                "0000000100000000000000A4",
                "0000000100000000000000A2",
                "0000000100000000000000A3",
                "000000010000000100000000",
                "0000000200000000000000A3")) {
            archive.push(WalFileName.parse(name), Content.of(new byte[] {1}));
        }
        archive.push(WalFileName.parse("0000000100000000000000A3.00000028.backup"), Content.of(new byte[1]));
        archive.push(WalFileName.parse("0000000100000000000000A5.partial"), Content.of(new byte[1]));
        for (String foreign : List.of(
                "wal/00000001/00000000/0000000100000000000000A6.zst.age",
                "wal/00000001/00000001/0000000100000000000000A7.zst",
                "wal/00000001/00000000/0000000100000000000000a8.zst",
                "wal/00000001/00000000/000000010000000000001000.zst",
                "wal/README")) {
            store.putIfAbsent(ObjectKey.of("main/1/" + foreign), Content.of(new byte[1]));
        }
        ArchivedWal all = archive.scan();
        assertThat(all.runs(TimelineId.FIRST))
                .containsExactly(
                        new ArchivedWal.Run(TimelineId.FIRST, 0xA2, 0xA4),
                        new ArchivedWal.Run(TimelineId.FIRST, 0x1000, 0x1000));
        assertThat(all.runs(new TimelineId(2))).hasSize(1);
        assertThat(all.partials(TimelineId.FIRST)).containsExactly(0xA5L);
        assertThat(all.unknownObjects()).isEqualTo(5);
        assertThat(all.storedBytes(TimelineId.FIRST, 0xA2, 0xA2)).isPositive();

        ArchivedWal later = archive.scan(WalSegmentName.parse("0000000100000000000000A3"));
        assertThat(later.runs(TimelineId.FIRST))
                .containsExactly(
                        new ArchivedWal.Run(TimelineId.FIRST, 0xA3, 0xA4),
                        new ArchivedWal.Run(TimelineId.FIRST, 0x1000, 0x1000));
        assertThat(later.timelines()).containsExactly(TimelineId.FIRST);
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void histories_are_read_by_timeline(Encryption encryption) {
        WalArchive archive = archive(encryption);
        String second = "1\t0/A300000\tno recovery target specified\n";
        String third = second + "\n2\t0/B300000\tbefore 2026-11-20 14:00:00+00\n";
        archive.push(WalFileName.parse("00000002.history"), Content.of(second.getBytes(StandardCharsets.UTF_8)));
        archive.push(WalFileName.parse("00000003.history"), Content.of(third.getBytes(StandardCharsets.UTF_8)));
        store.putIfAbsent(ObjectKey.of("main/1/history/notes.txt"), Content.of(new byte[1]));
        assertThat(archive.histories().readable())
                .containsOnly(
                        java.util.Map.entry(new TimelineId(2), TimelineHistory.parse(new TimelineId(2), second)),
                        java.util.Map.entry(new TimelineId(3), TimelineHistory.parse(new TimelineId(3), third)));
    }

    @Test
    void a_history_that_makes_no_sense_is_corrupt() {
        WalArchive archive = archive(Encryption.NONE);
        archive.push(WalFileName.parse("00000002.history"), Content.of("3\t0/1\n".getBytes(StandardCharsets.UTF_8)));
        assertFails(
                () -> archive.histories().orElseThrow(),
                ExitCode.CORRUPT,
                "archived timeline history 00000002.history is damaged");
    }

    @Test
    void an_encrypted_file_needs_the_identity() throws IOException {
        archive(Encryption.AGE).push(SEGMENT, Content.of(segment(SEGMENT, 1)));
        WalArchive stranger = archive(Encryption.AGE, Keys.of(List.of(), List.of(AgeIdentity.generate())));
        assertFails(() -> stranger.fetch(SEGMENT, directory.resolve("x")), ExitCode.NO_KEY, "no configured identity");
        WalArchive keyless = archive(Encryption.AGE, Keys.none());
        assertFails(() -> keyless.fetch(SEGMENT, directory.resolve("x")), ExitCode.NO_KEY, "no identity is configured");
        assertFails(
                () -> keyless.push(SEGMENT, Content.of(segment(SEGMENT, 1))),
                ExitCode.USAGE,
                "no recipient is configured");
        assertThat(files()).isEmpty();
    }

    @Test
    void a_destination_that_can_not_be_written_is_named() {
        WalArchive archive = archive(Encryption.NONE);
        archive.push(SEGMENT, Content.of(segment(SEGMENT, 1)));
        assertFails(
                () -> archive.fetch(SEGMENT, directory.resolve("missing/RECOVERYXLOG")),
                ExitCode.DISK_UNAVAILABLE,
                "can't write " + directory.resolve("missing/RECOVERYXLOG"));
    }

    @Test
    void a_kilobyte_of_the_stored_object_tells_the_same_from_another() throws IOException {
        WalArchive archive = archive(Encryption.NONE);
        archive.push(SEGMENT, Content.of(segment(SEGMENT, 1)));
        ObjectKey key = archive.generation().layout().wal(SEGMENT);
        replace(key, Arrays.copyOf(stored(key), 1024));
        assertThat(archive.push(SEGMENT, Content.of(segment(SEGMENT, 1)))).isEqualTo(Pushed.ALREADY_THERE);
    }
}
