package org.pgpitr.repository.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.repository.codec.AgeIdentity;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.repository.codec.Sha256;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.faults.FaultPlan;
import org.pgpitr.storage.faults.FaultyStore;
import org.pgpitr.storage.memory.MemoryStore;

class StreamArchiveTest {
    private static final WalSegmentName SEGMENT = WalSegmentName.parse("0000000100000000000000A3");
    private static final ClusterIdentity CLUSTER = WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE);
    private static final Lsn START = SEGMENT.start(CLUSTER.segmentSize());
    private static final AgeIdentity OWN = AgeIdentity.generate();

    @TempDir
    private Path directory;

    private final MemoryStore store = new MemoryStore();
    private final byte[] segment = WalFiles.segment(SEGMENT, CLUSTER, 1);

    private Generation generation(Encryption encryption, Keys keys) {
        Repository repository = new Repository(store, new ClusterName("main"), keys, 3);
        return repository.generations().isEmpty()
                ? repository.create(WalFiles.cluster(1, WalFiles.CLUSTER, encryption))
                : repository.current();
    }

    private StreamArchive archive(Encryption encryption) {
        return new StreamArchive(generation(
                encryption,
                encryption == Encryption.NONE ? Keys.none() : Keys.of(List.of(OWN.recipient()), List.of(OWN))));
    }

    private StreamArchive plain() {
        return archive(Encryption.NONE);
    }

    private static Piece piece(int from, int to) {
        return new Piece(SEGMENT.timeline(), START.plus(from), START.plus(to));
    }

    private static void put(StreamArchive archive, byte[] from, int begin, int end) {
        archive.put(piece(begin, end), Content.of(from, begin, end - begin));
    }

    private byte[] cutAt(int end) {
        byte[] expected = segment.clone();
        Arrays.fill(expected, end, expected.length, (byte) 0);
        return expected;
    }

    private void assertAssembles(StreamArchive archive, int end) throws IOException {
        Path place = directory.resolve("RECOVERYXLOG");
        try (StreamedSegment streamed = archive.assemble(SEGMENT, place).orElseThrow()) {
            assertThat(streamed.end()).isEqualTo(START.plus(end));
            assertThat(place).doesNotExist();
            streamed.place();
        }
        assertThat(Files.readAllBytes(place)).isEqualTo(cutAt(end));
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(place);
        }
        Files.delete(place);
    }

    @Test
    void a_copy_that_can_not_be_read_is_a_disk_that_fails_and_no_wrong_usage() {
        put(plain(), segment, 0, 5000);
        Path gone = directory.resolve("gone");
        try (StreamedSegment streamed =
                plain().assemble(SEGMENT, directory.resolve("x")).orElseThrow()) {
            assertThatThrownBy(() -> streamed.isBeginningOf(gone)).isInstanceOfSatisfying(PgpitrException.class, e -> {
                assertThat(e.exitCode()).isEqualTo(ExitCode.DISK_UNAVAILABLE);
                assertThat(e).hasMessageContaining("can't read " + gone);
                assertThat(e.hint()).isPresent();
            });
        }
    }

    private static void assertConflict(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOfSatisfying(PgpitrException.class, e -> {
            assertThat(e.exitCode()).isEqualTo(ExitCode.WAL_CONFLICT);
            assertThat(e).hasMessageContaining(message);
            assertThat(e.hint()).isPresent();
        });
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void pieces_become_the_beginning_of_the_segment_and_zeros_behind(Encryption encryption) throws IOException {
        StreamArchive archive = archive(encryption);
        put(archive, segment, 0, 5000);
        put(archive, segment, 5000, 90_000);
        assertAssembles(archive, 90_000);
        assertThat(archive.ends()).isEqualTo(Map.of(SEGMENT, START.plus(90_000)));
    }

    @Test
    void overlapping_pieces_that_agree_are_one_stretch() throws IOException {
        put(plain(), segment, 0, 5000);
        put(plain(), segment, 0, 9000);
        put(plain(), segment, 3000, 9500);
        put(plain(), segment, 4000, 4100);
        assertAssembles(plain(), 9500);
    }

    @Test
    void overlapping_pieces_that_differ_are_refused_even_where_they_are_not_needed() {
        byte[] other = segment.clone();
        other[4050]++;
        put(plain(), segment, 0, 9000);
        put(plain(), other, 4000, 4100);
        assertConflict(
                () -> plain().assemble(SEGMENT, directory.resolve("x")), "contradicts itself at " + START.plus(4050));
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void what_lies_behind_a_gap_is_not_used() throws IOException {
        put(plain(), segment, 0, 5000);
        put(plain(), segment, 5001, 9000);
        assertAssembles(plain(), 5000);
    }

    @Test
    void without_the_segments_beginning_there_is_nothing() {
        put(plain(), segment, 10, 5000);
        assertThat(plain().assemble(SEGMENT, directory.resolve("x"))).isEmpty();
        assertThat(plain().ends()).isEmpty();
    }

    @Test
    void less_than_a_header_is_nothing() {
        put(plain(), segment, 0, 24);
        assertThat(plain().assemble(SEGMENT, directory.resolve("x"))).isEmpty();
    }

    @Test
    void other_segments_and_timelines_are_left_alone() throws IOException {
        WalSegmentName next = SEGMENT.next(CLUSTER.segmentSize());
        byte[] nextBytes = WalFiles.segment(next, CLUSTER, 2);
        Lsn nextStart = next.start(CLUSTER.segmentSize());
        put(plain(), segment, 0, 5000);
        put(plain(), segment, 5000, segment.length);
        plain().put(new Piece(next.timeline(), nextStart, nextStart.plus(100)), Content.of(nextBytes, 0, 100));
        plain().put(
                        new Piece(new org.pgpitr.postgres.TimelineId(2), START, START.plus(100)),
                        Content.of(segment, 0, 100));
        assertThat(plain().pieces(SEGMENT)).containsExactly(piece(0, 5000), piece(5000, segment.length));
        assertThat(plain().pieces().keySet()).hasSize(3);
        assertAssembles(plain(), segment.length);
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void the_same_piece_again_is_success_and_another_content_is_not(Encryption encryption) {
        StreamArchive archive = archive(encryption);
        put(archive, segment, 0, 5000);
        put(archive, segment, 0, 5000);
        byte[] other = segment.clone();
        other[1]++;
        assertConflict(() -> put(archive, other, 0, 5000), "holds other WAL from " + START);
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void a_stored_piece_is_compared_without_a_key(Encryption encryption) {
        put(archive(encryption), segment, 0, 5000);
        StreamArchive keyless = new StreamArchive(generation(
                encryption,
                encryption == Encryption.NONE ? Keys.none() : Keys.of(List.of(OWN.recipient()), List.of())));
        assertThat(keyless.requireSame(piece(0, 5000), Sha256.of(Arrays.copyOf(segment, 5000))))
                .isTrue();
        assertThat(keyless.requireSame(piece(5000, 5001), Sha256.of(new byte[1])))
                .isFalse();
        assertConflict(() -> keyless.requireSame(piece(0, 5000), Sha256.of(new byte[5000])), "than the server sends");
    }

    @Test
    void a_piece_that_was_changed_in_the_store_is_refused() {
        put(plain(), segment, 0, 5000);
        put(plain(), segment, 5000, 9000);
        ObjectKey key = plain().key(piece(5000, 9000));
        byte[] bytes;
        try (var in = store.open(key).orElseThrow()) {
            bytes = in.readAllBytes();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        bytes[bytes.length - 1] ^= 1;
        store.replace(key, Content.of(bytes), store.stat(key).orElseThrow().version());
        assertThatThrownBy(() -> plain().assemble(SEGMENT, directory.resolve("x")))
                .isInstanceOfSatisfying(
                        PgpitrException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CORRUPT));
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void a_stream_of_another_cluster_is_refused() {
        byte[] foreign = WalFiles.segment(SEGMENT, WalFiles.cluster(1, WalFiles.TWIN, Encryption.NONE), 1);
        put(plain(), foreign, 0, 5000);
        assertThatThrownBy(() -> plain().assemble(SEGMENT, directory.resolve("x")))
                .isInstanceOfSatisfying(
                        PgpitrException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CORRUPT))
                .hasMessageContaining(WalFiles.TWIN.toString());
    }

    @Test
    void keys_that_are_no_pieces_are_passed_over() {
        put(plain(), segment, 0, 5000);
        for (String alien : List.of(
                "000000000A300000-00000000A301000.zst",
                "000000000A300000-000000000A400001.zst",
                "000000000A300000-000000000A300000.zst",
                "000000000a300000-000000000A301000.zst",
                "readme")) {
            store.putIfAbsent(ObjectKey.of("main/1/stream/00000001/" + alien), Content.of(new byte[1]));
        }
        store.putIfAbsent(
                ObjectKey.of("main/1/stream/1/000000000A300000-000000000A301000.zst"), Content.of(new byte[1]));
        assertThat(plain().pieces(SEGMENT)).containsExactly(piece(0, 5000));
        assertThat(plain().pieces().keySet()).containsExactly(SEGMENT);
    }

    @Test
    void the_stream_ends_where_the_chain_of_its_newest_segment_does_that_is_not_archived() {
        assertThat(plain().end()).isEmpty();
        put(plain(), segment, 0, 5000);
        put(plain(), segment, 5000, 9000);
        put(plain(), segment, 9500, 9600);
        assertThat(plain().end()).hasValueSatisfying(end -> {
            assertThat(end.timeline()).isEqualTo(SEGMENT.timeline());
            assertThat(end.lsn()).isEqualTo(START.plus(9000));
        });
        new WalArchive(generation(Encryption.NONE, Keys.none())).push(SEGMENT, Content.of(segment));
        assertThat(plain().end()).isEmpty();
    }

    @Test
    void deleted_pieces_are_gone() {
        put(plain(), segment, 0, 5000);
        assertThat(plain().delete(List.of(piece(0, 5000), piece(1, 2)))).isEmpty();
        assertThat(plain().pieces(SEGMENT)).isEmpty();
    }

    /** Bigger pieces take the place of small ones: whatever fails, nothing durable is lost. */
    @ParameterizedTest
    @EnumSource(FaultPlan.Moment.class)
    void whatever_call_of_the_store_fails_durable_bytes_stay_readable(FaultPlan.Moment moment) throws IOException {
        for (int n = 1; ; n++) {
            FaultPlan plan = FaultPlan.nth(n, moment);
            run(plan);
            if (!plan.struck()) {
                assertThat(n).as("calls that were failed").isGreaterThan(8);
                return;
            }
        }
    }

    private void run(FaultPlan plan) throws IOException {
        MemoryStore inner = new MemoryStore();
        Generation generation = new Repository(inner, new ClusterName("main"), Keys.none(), 3).create(CLUSTER);
        StreamArchive archive = new StreamArchive(new Generation(
                new FaultyStore(inner, plan), generation.layout(), generation.identity(), generation.codec()));
        int durable = 0;
        for (int i = 0; i < 4; i++) {
            durable = attempt(archive, durable, 1000 * (i + 1));
        }
        assertAssembles(new StreamArchive(generation), durable);
    }

    /** As a receiver does: what failed is done again; then the pieces are folded into one. */
    private int attempt(StreamArchive archive, int from, int to) {
        try {
            store(archive, from, to);
        } catch (StorageException injected) {
            store(archive, from, to);
        }
        return to;
    }

    private void store(StreamArchive archive, int from, int to) {
        put(archive, segment, from, to);
        if (from > 0) {
            put(archive, segment, 0, to);
            archive.delete(List.of(piece(0, from), piece(from, to)));
        }
    }
}
