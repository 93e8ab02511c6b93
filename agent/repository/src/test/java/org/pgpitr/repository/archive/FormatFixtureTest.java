package org.pgpitr.repository.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.postgres.wal.SummaryFormat;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.WalArchive.Pushed;
import org.pgpitr.repository.codec.AgeIdentity;
import org.pgpitr.repository.codec.IdentityFile;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.repository.codec.PassphraseSource;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.memory.MemoryStore;

/** What format 1 once wrote is read for ever: {@code golden/format-1} is never written anew. */
class FormatFixtureTest {
    private static final WalSegmentName SEGMENT = WalSegmentName.parse("0000000100000000000000A3");
    private static final String HISTORY = "1\t0/A380000\tno recovery target specified\n";

    @TempDir
    private Path directory;

    private static Path fixture() throws URISyntaxException {
        return Path.of(FormatFixtureTest.class.getResource("/golden/format-1").toURI());
    }

    private static Generation open(Encryption encryption) throws IOException, URISyntaxException {
        Path root = fixture().resolve(encryption == Encryption.NONE ? "plain" : "encrypted");
        MemoryStore store = new MemoryStore();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                store.putIfAbsent(ObjectKey.of(root.relativize(file).toString()), Content.of(file));
            }
        }
        List<AgeIdentity> identities = IdentityFile.read(fixture().resolve("identity.txt"), PassphraseSource.NONE);
        Keys keys = encryption == Encryption.NONE
                ? Keys.none()
                : Keys.of(List.of(identities.get(0).recipient()), identities);
        return new Repository(store, new ClusterName("main"), keys, 3).current();
    }

    private static byte[] segment(ClusterIdentity cluster) {
        byte[] segment = new byte[1 << 20];
        WalFiles.header(
                segment,
                0xD116,
                TimelineId.FIRST,
                SEGMENT.start(cluster.segmentSize()).value(),
                cluster);
        byte[] row = "a row that was committed".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        System.arraycopy(row, 0, segment, 100, row.length);
        return segment;
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void a_generation_of_format_1_is_read(Encryption encryption) throws Exception {
        Generation generation = open(encryption);
        assertThat(generation.identity()).isEqualTo(WalFiles.cluster(1, WalFiles.CLUSTER, encryption));
        WalArchive archive = new WalArchive(generation);
        assertThat(archive.scan().runs(TimelineId.FIRST))
                .containsExactly(new ArchivedWal.Run(TimelineId.FIRST, 0xA3, 0xA4));
        assertThat(archive.scan().unknownObjects()).isZero();
        assertThat(archive.histories().readable())
                .isEqualTo(Map.of(new TimelineId(2), TimelineHistory.parse(new TimelineId(2), HISTORY)));
        for (String name : List.of(SEGMENT.toString(), SEGMENT + ".partial")) {
            Path place = directory.resolve(name);
            assertThat(archive.fetch(WalFileName.parse(name), place)).isTrue();
            assertThat(place).hasBinaryContent(segment(generation.identity()));
        }
        Path backup = directory.resolve("backup");
        assertThat(archive.fetch(WalFileName.parse(SEGMENT + ".00000028.backup"), backup))
                .isTrue();
        assertThat(backup).content().startsWith("START WAL LOCATION: 0/A300028");
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void a_segment_and_its_summary_are_read(Encryption encryption) throws Exception {
        Generation generation = open(encryption);
        WalSegmentName name = WalSegmentName.parse("0000000100000000000000A4");
        ObjectKey key = generation.layout().wal(name);
        byte[] written;
        try (InputStream stored = generation.store().open(key).orElseThrow()) {
            written = generation.codec().annex(key, stored).orElseThrow();
        }
        SegmentSummary summary = SummaryFormat.parse(written);
        assertThat(summary.facts().transactions().last())
                .hasValueSatisfying(last -> assertThat(last.time()).isEqualTo(Instant.parse("2026-11-20T14:05:01Z")));
        assertThat(summary.facts().restorePoints())
                .singleElement()
                .satisfies(point -> assertThat(point.name()).isEqualTo("before_release"));
        assertThat(summary.facts().relations()).hasSize(2);
        assertThat(summary.facts().rows())
                .singleElement()
                .satisfies(rows -> assertThat(rows.inserted()).isEqualTo(150));
        Content segment = Content.of(new WalArchive(generation).read(name));
        assertThat(SegmentInspection.summary(name, segment)).hasValue(summary);
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void the_same_content_is_known_again(Encryption encryption) throws Exception {
        WalArchive archive = new WalArchive(open(encryption));
        byte[] content = segment(archive.generation().identity());
        assertThat(archive.push(SEGMENT, Content.of(Arrays.copyOf(content, content.length))))
                .isEqualTo(Pushed.ALREADY_THERE);
    }
}
