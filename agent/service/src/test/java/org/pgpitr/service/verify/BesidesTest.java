package org.pgpitr.service.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pgpitr.error.ExitCode;
import org.pgpitr.postgres.Fuzzing;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.catalog.CapturedCatalogs;
import org.pgpitr.repository.catalog.CatalogRelation;
import org.pgpitr.repository.catalog.CatalogWriter;
import org.pgpitr.repository.codec.CompressedFile;
import org.pgpitr.repository.stream.Piece;
import org.pgpitr.repository.stream.StreamArchive;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;

/** What is neither a lane nor archived WAL: the index, names, refused WAL, pieces of streams. */
class BesidesTest {
    private static final String BACKUP = "20261121T010000Z";
    private static final WalSegmentName STREAMED = MadeRepository.segment(1, 9);

    private final MadeRepository made = new MadeRepository(Encryption.AGE);
    private MadeWal wal;

    /** A backup in segments 2 and 3, and WAL from 2 to 8; the ninth is being written. */
    @BeforeEach
    void sound() {
        made.files.put("base/5/big", MadeRepository.random(5, 300_000));
        wal = made.wal(2).fill(7).more(300);
        made.archive(wal);
        made.backup(BACKUP, 1, 2, 3);
    }

    private GenerationReport verify(Depth depth, ExitCode expected) {
        VerifyReport report = made.verify(depth);
        assertThat(report.exitCode()).as("%s", report).isEqualTo(expected);
        return report.generations().get(0);
    }

    private <T extends Finding> T only(Depth depth, ExitCode expected, Class<T> type) {
        List<Finding> all = verify(depth, expected).findings();
        assertThat(all).singleElement().isInstanceOf(type);
        return type.cast(all.get(0));
    }

    private static CatalogWriter names(Lsn lsn) {
        CatalogWriter writer = new CatalogWriter(lsn);
        writer.database(5, "shop");
        writer.relation(new CatalogRelation(5, 16390, 16387, 0, 'r', "public", "orders" + lsn));
        return writer;
    }

    private ObjectKey capture(long segment) {
        try (CatalogWriter writer = names(MadeRepository.SIZE.start(segment))) {
            writer.storeIfNew(made.generation, TimelineId.FIRST);
        }
        return made.generation
                .layout()
                .capturedNames(new CapturedCatalogs(made.generation)
                        .newest(TimelineId.FIRST)
                        .orElseThrow());
    }

    /** Bytes of the ninth segment, from one offset to another. */
    private ObjectKey piece(byte[] segment, int from, int to) {
        return piece(STREAMED, segment, from, to);
    }

    private ObjectKey piece(WalSegmentName name, byte[] segment, int from, int to) {
        Lsn start = name.start(MadeRepository.SIZE);
        Piece piece = new Piece(TimelineId.FIRST, start.plus(from), start.plus(to));
        StreamArchive archive = new StreamArchive(made.generation);
        archive.put(piece, Content.of(Arrays.copyOfRange(segment, from, to)));
        return archive.key(piece);
    }

    private int written() {
        return (int) wal.position().minus(STREAMED.start(MadeRepository.SIZE));
    }

    private ObjectKey refuse(long segment, int damagedByte) throws IOException {
        byte[] bytes = wal.segments().get(MadeRepository.segment(1, segment)).clone();
        bytes[damagedByte] ^= 1;
        return new WalArchive(made.generation)
                .keepBroken(
                        MadeRepository.segment(1, segment),
                        CompressedFile.of(MadeRepository.segment(1, segment).toString(), Content.of(bytes), 3));
    }

    @Test
    void sound_ones_are_read_and_counted() {
        try (CatalogWriter writer = names(MadeRepository.SIZE.start(3))) {
            writer.storeWith(made.generation, BACKUP);
        }
        capture(4);
        int middle = written() / 2;
        piece(wal.partial(), 0, middle);
        piece(wal.partial(), middle - 5, written());

        assertThat(verify(new Depth.Quick(), ExitCode.OK).verified().besides()).isZero();
        GenerationReport full = verify(new Depth.Full(), ExitCode.OK);
        assertThat(full.findings()).isEmpty();
        assertThat(full.verified().besides()).isEqualTo(3);
    }

    @Test
    void parts_see_all_of_them() {
        IntStream.rangeClosed(2, 8).forEach(this::capture);
        piece(wal.partial(), 0, written());

        long seen = IntStream.range(0, 4)
                .mapToLong(run ->
                        verify(new Depth.Sample(4), ExitCode.OK).verified().besides())
                .sum();

        assertThat(seen).isEqualTo(8);
    }

    @Test
    void a_damaged_roll_up_is_no_success_and_can_be_made_again() {
        ObjectKey key = made.generation.layout().rollUp(256, MadeRepository.segment(1, 0));
        made.put(key, new byte[] {1, 2, 3});

        assertThat(verify(new Depth.Quick(), ExitCode.OK).findings()).isEmpty();
        BesideFinding.IndexDamaged found = only(new Depth.Full(), ExitCode.CORRUPT, BesideFinding.IndexDamaged.class);
        assertThat(found.object()).isEqualTo(key);
        assertThat(found.severity()).isEqualTo(Severity.MINOR);
        assertThat(found.hint().orElseThrow()).contains("pgpitr index rebuild");
    }

    @Test
    void a_hole_weighs_more_than_damage_of_what_no_recovery_needs() {
        made.put(made.generation.layout().rollUp(256, MadeRepository.segment(1, 0)), new byte[] {1, 2, 3});
        made.lose(made.key(MadeRepository.segment(1, 5)));

        assertThat(verify(new Depth.Full(), ExitCode.TARGET_UNREACHABLE).findings())
                .extracting(Finding::kind)
                .containsExactly("wal_missing", "index_damaged");
    }

    @Test
    void damaged_names_are_told() {
        ObjectKey captured = capture(4);
        try (CatalogWriter writer = names(MadeRepository.SIZE.start(3))) {
            writer.storeWith(made.generation, BACKUP);
        }
        made.flip(captured);
        made.flip(made.generation.layout().catalog(BACKUP));

        assertThat(verify(new Depth.Full(), ExitCode.CORRUPT).findings())
                .extracting(finding -> finding.kind() + " " + finding.subject())
                .containsExactly(
                        "names_damaged " + made.generation.layout().catalog(BACKUP), "names_damaged " + captured);
    }

    @Test
    void names_that_are_not_those_of_their_digest_are_damaged() {
        ObjectKey captured = capture(4);
        made.put(captured, made.bytes(capture(5)));

        assertThat(verify(new Depth.Full(), ExitCode.CORRUPT).findings())
                .extracting(Finding::subject)
                .containsExactly(captured.value());
    }

    @Test
    void refused_wal_is_told_with_its_reason_and_whether_a_sound_one_came() throws IOException {
        ObjectKey key = refuse(4, 300_000);

        BesideFinding.WalRefused quick = only(new Depth.Quick(), ExitCode.OK, BesideFinding.WalRefused.class);
        assertThat(quick.object()).isEqualTo(key);
        assertThat(quick.archived()).isTrue();
        BesideFinding.WalRefused full = only(new Depth.Full(), ExitCode.OK, BesideFinding.WalRefused.class);
        Lsn broken = full.broken().orElseThrow();
        assertThat(MadeRepository.SIZE.segmentNumber(broken)).isEqualTo(4);
        assertThat(full.message()).contains("WAL is broken at " + broken, "; an unbroken one is archived");

        made.lose(made.key(MadeRepository.segment(1, 4)));
        List<Finding> findings =
                verify(new Depth.Full(), ExitCode.TARGET_UNREACHABLE).findings();
        assertThat(findings).extracting(Finding::kind).containsExactly("wal_missing", "wal_refused");
        assertThat(((WalFinding.WalMissing) findings.get(0)).refused()).containsExactly(key);
        assertThat(findings.get(0).message()).contains("it was refused, broken WAL, and kept as " + key);
        assertThat(findings.get(1).message()).endsWith("; no unbroken one is archived");
    }

    @Test
    void refused_wal_that_is_not_any_more_what_it_was_is_told() throws IOException {
        ObjectKey key = refuse(4, 300_000);
        made.cut(key, 100);

        assertThat(verify(new Depth.Full(), ExitCode.CORRUPT).findings())
                .extracting(finding -> finding.kind() + " " + finding.severity())
                .containsExactly("evidence_damaged MINOR", "wal_refused NOTE");
    }

    @Test
    void a_piece_that_was_changed_is_damage_of_wal() {
        piece(wal.partial(), 0, 20_000);
        ObjectKey second = piece(wal.partial(), 20_000, written());
        made.flip(second);

        WalFinding.WalDamaged found = only(new Depth.Full(), ExitCode.CORRUPT, WalFinding.WalDamaged.class);
        assertThat(found.file()).isEqualTo(STREAMED);
        assertThat(found.object()).isEqualTo(second);
    }

    @Test
    void pieces_that_contradict_each_other_are_damage() {
        byte[] other = wal.partial();
        other[19_000] ^= 1;
        piece(wal.partial(), 0, 20_000);
        piece(other, 18_000, written());

        assertThat(only(new Depth.Full(), ExitCode.CORRUPT, WalFinding.WalDamaged.class)
                        .message())
                .contains("contradicts itself");
    }

    @Test
    void a_stream_whose_records_are_broken_is_damage() {
        byte[] broken = wal.partial();
        broken[written() / 2] ^= 1;
        piece(broken, 0, written());

        assertThat(only(new Depth.Full(), ExitCode.CORRUPT, WalFinding.WalDamaged.class)
                        .message())
                .startsWith("the stream of WAL segment " + STREAMED + " can't be replayed: WAL is broken at ");
    }

    @Test
    void a_stream_that_does_not_go_on_where_the_segment_before_ended_is_damage() {
        byte[] broken = wal.partial();
        broken[60] ^= 1;
        piece(broken, 0, written());

        assertThat(only(new Depth.Full(), ExitCode.CORRUPT, WalFinding.WalDamaged.class)
                        .message())
                .startsWith("the stream of WAL segment " + STREAMED + " can't be replayed: ");
    }

    @Test
    void a_stream_may_end_in_the_midst_of_a_record() {
        for (int cut = 0; cut < 200; cut += 7) {
            ObjectKey key = piece(wal.partial(), 0, written() - 1 - cut);
            assertThat(verify(new Depth.Full(), ExitCode.OK).findings())
                    .as("cut by %d", cut)
                    .isEmpty();
            made.lose(key);
        }
    }

    @Test
    void a_stream_may_end_in_the_midst_of_a_long_record_that_began_in_the_segment_before() {
        wal.endIn(30_000);
        made.archive(wal);
        for (int end : new int[] {3_000, 8_192, 8_300, 16_384, 20_000, 24_576}) {
            ObjectKey key = piece(MadeRepository.segment(1, 10), wal.partial(), 0, end);
            assertThat(verify(new Depth.Full(), ExitCode.OK).findings())
                    .as("end at %d", end)
                    .isEmpty();
            made.lose(key);
        }
    }

    @Test
    @Timeout(120)
    void a_stream_of_any_bytes_is_sound_or_damage() {
        Fuzzing.of("stream", Arrays.copyOf(wal.partial(), written()))
                .cases(150)
                // All else in the repository is verified too
                .atMost(64 << 20, 64)
                .run(bytes -> {
                    if (bytes.length > 0) {
                        ObjectKey key = piece(bytes, 0, bytes.length);
                        assertThat(made.verify(new Depth.Full()).exitCode()).isIn(ExitCode.OK, ExitCode.CORRUPT);
                        made.lose(key);
                    }
                });
    }

    @Test
    void a_gap_in_a_stream_is_told() {
        piece(wal.partial(), 0, 20_000);
        piece(wal.partial(), 25_000, written());

        BesideFinding.StreamGap found = only(new Depth.Quick(), ExitCode.OK, BesideFinding.StreamGap.class);
        assertThat(found.to().minus(found.from())).isEqualTo(5_000);
    }

    @Test
    void pieces_of_a_segment_that_is_archived_count_for_nothing() {
        byte[] segment = wal.segments().get(MadeRepository.segment(1, 8));
        Lsn start = MadeRepository.SIZE.start(8);
        Piece piece = new Piece(TimelineId.FIRST, start, start.plus(5_000));
        StreamArchive archive = new StreamArchive(made.generation);
        archive.put(piece, Content.of(Arrays.copyOf(segment, 5_000)));
        made.flip(archive.key(piece));

        assertThat(verify(new Depth.Full(), ExitCode.OK).findings()).isEmpty();
    }
}
