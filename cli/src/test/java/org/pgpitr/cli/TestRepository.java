package org.pgpitr.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.CRC32C;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.WalWriter;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.backup.DamagedPage;
import org.pgpitr.repository.backup.LaneTotals;
import org.pgpitr.repository.backup.LaneWriter;
import org.pgpitr.repository.backup.ManifestEntry;
import org.pgpitr.repository.backup.ManifestWriter;
import org.pgpitr.repository.backup.Tablespace;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.local.LocalDiskStore;

/** A repository on disk with made-up backups and WAL of a cluster called {@code main}, with segments of 1 MB. */
final class TestRepository {
    static final WalSegmentSize SIZE = new WalSegmentSize(1 << 20);
    private static final PostgresMajor MAJOR = new PostgresMajor(15);

    /** Of backups that are taken from now on; the one at first is none that a server starts with. */
    byte[] control = "control".getBytes(StandardCharsets.UTF_8);

    private final Path folder;
    private final Repository repository;

    TestRepository(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.repository = new Repository(new LocalDiskStore(folder), new ClusterName("main"), Keys.none(), 1);
    }

    Path folder() {
        return folder;
    }

    Generation generation(int number) {
        return repository.create(new ClusterIdentity(
                ClusterIdentity.FORMAT_VERSION,
                number,
                new SystemIdentifier(number),
                MAJOR,
                SIZE,
                Encryption.NONE,
                Instant.parse("2026-11-01T00:00:00Z")));
    }

    /** A segment of the cluster of a generation as PostgreSQL would hand it over: one record, which ends it. */
    static byte[] segment(int generation, long number) {
        ByteBuffer segment = ByteBuffer.allocate(SIZE.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        segment.putShort(0, (short) 0xD110);
        segment.putShort(2, (short) 2);
        segment.putInt(4, 1);
        segment.putLong(8, number * SIZE.bytes());
        segment.putLong(24, generation);
        segment.putInt(32, SIZE.bytes());
        segment.putInt(36, 8192);
        segment.putInt(40, 24);
        segment.putLong(48, (number - 1) * SIZE.bytes() + 40);
        segment.put(56, (byte) 0x40);
        CRC32C crc = new CRC32C();
        crc.update(segment.array(), 40, 20);
        segment.putInt(60, (int) crc.getValue());
        return segment.array();
    }

    static String name(long number) {
        return WalSegmentName.of(TimelineId.FIRST, number, SIZE).toString();
    }

    void archive(int generation, long first, long last) throws IOException {
        for (long number = first; number <= last; number++) {
            Path file = Files.write(folder.resolveSibling(name(number)), segment(generation, number));
            new WalArchive(repository.generation(generation))
                    .push(WalSegmentName.of(TimelineId.FIRST, number, SIZE), Content.of(file));
            Files.delete(file);
        }
    }

    /**
     * Archives segments in each of which one transaction commits: number 740 + the segment's, in the hour behind 06:00 that
     * is the segment's number.
     *
     * @return the beginning of the segment behind the last, with a commit too
     */
    byte[] archiveCommits(int generation, long first, long last) {
        WalSegmentName begin = WalSegmentName.of(TimelineId.FIRST, first, SIZE);
        WalWriter wal = new WalWriter(MAJOR, SIZE, new SystemIdentifier(generation), begin);
        for (long number = first; number <= last + 1; number++) {
            wal.commit(740 + number, Instant.parse("2026-11-20T06:00:00Z").plus(Duration.ofHours(number)));
            if (number <= last) {
                wal.switchSegment();
                new WalArchive(repository.generation(generation))
                        .push(WalSegmentName.of(TimelineId.FIRST, number, SIZE), Content.of(wal.take(number)));
            }
        }
        return wal.segment(last + 1);
    }

    /** A backup that began at {@code id} and lasted ten seconds, and needs one segment. */
    BackupSummary backup(
            int generation, String id, long segment, List<Tablespace> tablespaces, List<DamagedPage> damage) {
        Generation opened = repository.generation(generation);
        BackupId backup = BackupId.parse(id);
        Instant started = backup.time();
        Map<String, byte[]> files = new TreeMap<>(Map.of(
                "PG_VERSION",
                "15\n".getBytes(StandardCharsets.UTF_8),
                "backup_label",
                "START WAL LOCATION\n".getBytes(StandardCharsets.UTF_8),
                "global/pg_control",
                control));
        ExecutorService uploads = Executors.newSingleThreadExecutor();
        try (ManifestWriter manifest = new ManifestWriter(opened, backup)) {
            List<LaneTotals> lanes = new ArrayList<>();
            try (LaneWriter lane = new LaneWriter(opened, backup, 0, uploads)) {
                ManifestEntry directory = ManifestEntry.directory("global", 0700, started);
                manifest.add(directory.at(lane.begin(directory)));
                lane.end();
                for (Map.Entry<String, byte[]> file : files.entrySet()) {
                    byte[] content = file.getValue();
                    ManifestEntry entry = ManifestEntry.file(file.getKey(), content.length, 0600, started);
                    manifest.add(entry.at(lane.begin(entry)).withSha256(sha256(content)));
                    lane.write(content, 0, content.length);
                    lane.end();
                }
                LaneTotals totals = lane.finish();
                lanes.add(new LaneTotals(0, totals.objects(), 4, totals.plainBytes(), totals.storedBytes()));
            }
            BackupSummary summary = new BackupSummary(
                    backup,
                    new SystemIdentifier(generation),
                    MAJOR,
                    "15.4 (Debian 15.4-1)",
                    "0.1.0",
                    "pgpitr " + id,
                    started,
                    started.plusSeconds(10),
                    TimelineId.FIRST,
                    new Lsn(segment * SIZE.bytes() + 0x28),
                    new Lsn(segment * SIZE.bytes() + 0x100),
                    SIZE,
                    BackupSummary.Source.PRIMARY,
                    740,
                    741,
                    BackupSummary.Checksums.ON,
                    tablespaces,
                    damage,
                    manifest.files(),
                    manifest.originalBytes(),
                    lanes.get(0).storedBytes(),
                    1);
            manifest.commit(summary, lanes);
            return summary;
        } finally {
            uploads.shutdownNow();
        }
    }

    /** One that a server of a generation's cluster would start with. */
    static byte[] soundControl(int generation) {
        ByteBuffer file = ByteBuffer.allocate(8192).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(0, generation).putInt(8, 1300).putInt(12, 202209061).putInt(16, 6);
        file.putInt(48, 1).putInt(52, 1).putInt(216, 8192).putInt(220, 131072).putInt(224, 8192);
        file.putInt(228, SIZE.bytes());
        CRC32C crc = new CRC32C();
        crc.update(file.array(), 0, 288);
        return file.putInt(288, (int) crc.getValue()).array();
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
