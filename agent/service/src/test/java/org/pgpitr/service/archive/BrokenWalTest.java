package org.pgpitr.service.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pgpitr.service.archive.LocalFiles.SEGMENT;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.postgres.wal.SummaryFormat;
import org.pgpitr.postgres.wal.WalWriter;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.archive.WalArchive.Pushed;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.memory.MemoryStore;

/** A push reads the WAL that it archives. */
@DisplayName("Class 2: WAL that no recovery gets through is found at the push")
class BrokenWalTest {
    private static final ClusterIdentity CLUSTER = WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE);
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final WalSegmentName NEXT = SEGMENT.next(CLUSTER.segmentSize());

    @TempDir
    private Path directory;

    private LocalFiles local;
    private final Repository repository = new Repository(new MemoryStore(), new ClusterName("main"), Keys.none(), 3);

    @BeforeEach
    void begin() throws IOException {
        local = new LocalFiles(directory);
        repository.create(CLUSTER);
    }

    private List<Pushed> push(Path file) {
        return new ArchivePush(List.of(repository), directory).push(file).outcomes();
    }

    private static WalWriter wal() {
        return new WalWriter(CLUSTER.major(), CLUSTER.segmentSize(), CLUSTER.systemIdentifier(), SEGMENT);
    }

    private List<String> broken() {
        List<String> keys = new ArrayList<>();
        repository.store().list("main/1/broken/", (key, stat) -> {
            keys.add(key.value());
            return ObjectStore.ListVisitor.Next.CONTINUE;
        });
        return keys;
    }

    private void assertRefused(Path file, String why) {
        assertThatThrownBy(() -> push(file)).isInstanceOfSatisfying(PgpitrException.class, e -> {
            assertThat(e.exitCode()).isEqualTo(ExitCode.CORRUPT);
            assertThat(e).hasMessageContaining(file.getFileName() + " is not archived: WAL is broken at ");
            assertThat(e).hasMessageContaining(why);
            assertThat(e.hint()).isPresent();
        });
        assertThat(new WalArchive(repository.current())
                        .contains(WalFileName.parse(file.getFileName().toString())))
                .isFalse();
    }

    private SegmentSummary summary(WalFileName name) throws IOException {
        Generation generation = repository.current();
        ObjectKey key = generation.layout().wal(name);
        try (InputStream in = generation.store().open(key).orElseThrow()) {
            return SummaryFormat.parse(generation.codec().annex(key, in).orElseThrow());
        }
    }

    @Test
    void a_segment_with_a_changed_record_is_refused_and_kept_as_evidence_once() throws IOException {
        byte[] segment = WalFiles.segment(SEGMENT, CLUSTER, 1);
        segment[5000] ^= 1;
        Path file = local.file(SEGMENT.toString(), segment);
        assertRefused(file, "0/A300028: record of 80029 bytes with a wrong CRC; the file is kept as main/1/broken/");
        assertRefused(file, "wrong CRC");
        assertThat(broken())
                .singleElement()
                .satisfies(
                        key -> assertThat(key).matches("main/1/broken/0000000100000000000000A3\\.[0-9a-f]{64}\\.zst"));
    }

    @Test
    void a_segment_that_ends_in_zeros_is_refused() throws IOException {
        WalWriter wal = wal();
        wal.commit(700, NOON);
        assertRefused(local.file(SEGMENT.toString(), wal.segment(0xA3)), "the segment does not end before 0/A400000");
    }

    @Test
    @DisplayName("Class 22: what a standby has of a timeline that it left is archived")
    void a_segment_in_which_its_timeline_was_left_is_archived() throws IOException {
        WalWriter wal = wal();
        wal.commit(700, NOON);
        Path file = local.file(SEGMENT.toString(), wal.segment(0xA3));
        local.file("00000002.history", "1\t0/A380000\tlater than here\n");
        assertRefused(file, "does not end before");
        local.file("00000002.history", "1\t" + wal.position() + "\tno recovery target specified\n");
        assertThat(push(file)).containsExactly(Pushed.STORED);
        assertThat(summary(SEGMENT).walEnd()).isEqualTo(wal.position());
    }

    @Test
    @DisplayName("Class 22: the old timeline's last segment is archived though the history file is lost")
    void a_segment_behind_which_there_is_wal_of_a_later_timeline_is_archived() throws IOException {
        WalWriter wal = wal();
        wal.commit(700, NOON);
        Path file = local.file(SEGMENT.toString(), wal.segment(0xA3));
        local.file("0000000200000000000000A2", new byte[0]);
        assertRefused(file, "does not end before");
        local.file("0000000200000000000000A4", new byte[0]);
        assertThat(push(file)).containsExactly(Pushed.STORED);
    }

    @Test
    void a_segment_that_does_not_follow_on_the_one_before_it_is_refused() throws IOException {
        WalWriter wal = wal();
        wal.fillToBefore(24);
        wal.commit(700, NOON);
        wal.switchSegment();
        WalWriter other = wal();
        other.filler(90, (byte) 1);
        other.switchSegment();
        local.file(SEGMENT.toString(), other.full().get(0));
        Path second = local.file(NEXT.toString(), wal.full().get(1));
        assertRefused(second, "0/A400000: a record goes on here that did not begin");
        local.file(SEGMENT.toString(), wal.full().get(0));
        assertThat(push(second)).containsExactly(Pushed.STORED);
    }

    @Test
    void the_crossing_record_is_checked_where_the_segment_before_is_still_there() throws IOException {
        WalWriter wal = wal();
        wal.fillToBefore(24);
        wal.commit(700, NOON);
        wal.switchSegment();
        local.file(SEGMENT.toString(), wal.full().get(0));
        byte[] damaged = wal.full().get(1);
        damaged[41] ^= 1;
        Path second = local.file(NEXT.toString(), damaged);
        assertRefused(second, "record of 34 bytes with a wrong CRC");
        local.file(SEGMENT.toString(), new byte[CLUSTER.segmentSize().bytes()]);
        assertThat(push(second)).as("without it nobody can tell here").containsExactly(Pushed.STORED);
    }

    @Test
    void the_summary_stands_in_the_segments_object() throws IOException {
        WalWriter wal = wal();
        wal.commit(700, NOON);
        wal.switchSegment();
        push(local.file(SEGMENT.toString(), wal.full().get(0)));
        assertThat(summary(SEGMENT).facts().transactions().last())
                .hasValueSatisfying(last -> assertThat(last.time()).isEqualTo(NOON));
    }

    @Test
    void a_partial_segment_may_end_in_anything() throws IOException {
        WalWriter wal = wal();
        wal.commit(700, NOON);
        wal.filler(5000, (byte) 1);
        byte[] segment = wal.segment(0xA3);
        segment[300] ^= 1;
        push(local.file(SEGMENT + ".partial", segment));
        assertThat(summary(WalFileName.parse(SEGMENT + ".partial"))
                        .facts()
                        .transactions()
                        .commits())
                .isEqualTo(1);
    }

    @Test
    void wal_of_an_unknown_major_is_archived_without_a_summary() throws IOException {
        ClusterIdentity newer = WalFiles.cluster(2, WalFiles.TWIN, 19, 1 << 20, Encryption.NONE);
        repository.create(newer);
        byte[] segment = WalFiles.segment(SEGMENT, newer, 1);
        WalFiles.header(
                segment,
                0xD220,
                TimelineId.FIRST,
                SEGMENT.start(newer.segmentSize()).value(),
                newer);
        segment[5000] ^= 1;
        assertThat(PostgresMajor.NEWEST_KNOWN.isAtLeast(19)).isFalse();
        assertThat(push(local.file(SEGMENT.toString(), segment))).containsExactly(Pushed.STORED);
        Generation generation = repository.current();
        ObjectKey key = generation.layout().wal(SEGMENT);
        try (InputStream in = generation.store().open(key).orElseThrow()) {
            assertThat(generation.codec().annex(key, in)).isEmpty();
        }
    }
}
