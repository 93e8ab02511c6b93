package org.pgpitr.repository.backup;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.RepositoryLayout;
import org.pgpitr.repository.backup.BackupSummary.Checksums;
import org.pgpitr.repository.backup.BackupSummary.Source;
import org.pgpitr.repository.codec.AgeIdentity;
import org.pgpitr.repository.codec.Codec;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.storage.ObjectStore;

/** Generations and backups without a server: entries from a seeded generator, bytes that can be made again. */
final class BackupFixture {
    static final BackupId ID = BackupId.parse("20261121T004500Z");
    static final Instant TIME = Instant.parse("2026-11-21T00:45:00.123456Z");
    static final AgeIdentity OWN = AgeIdentity.generate();
    static final SystemIdentifier SYSTEM = SystemIdentifier.parse("7400000000000000001");

    /** An entry with the seed of its content. */
    record Made(ManifestEntry entry, long seed, Compressible compressible) {}

    enum Compressible {
        YES,
        NO
    }

    private BackupFixture() {}

    static Generation generation(ObjectStore store, Encryption encryption) {
        Keys keys = encryption == Encryption.NONE ? Keys.none() : Keys.of(List.of(OWN.recipient()), List.of(OWN));
        return generation(store, encryption, keys);
    }

    static Generation generation(ObjectStore store, Encryption encryption, Keys keys) {
        ClusterIdentity identity =
                new ClusterIdentity(1, 1, SYSTEM, new PostgresMajor(17), WalSegmentSize.DEFAULT, encryption, TIME);
        return new Generation(
                store,
                RepositoryLayout.of(new ClusterName("main"), identity),
                identity,
                new Codec(encryption, keys, 3));
    }

    static ExecutorService daemons(int threads) {
        return Executors.newFixedThreadPool(threads, work -> {
            Thread thread = new Thread(work, "test-transfer");
            thread.setDaemon(true);
            return thread;
        });
    }

    static Made file(String path, long size, long seed, Compressible compressible) {
        return new Made(
                ManifestEntry.file(path, size, 0600, TIME).withSha256(sha256(content(size, seed, compressible))),
                seed,
                compressible);
    }

    static Made made(ManifestEntry entry) {
        return new Made(entry, 0, Compressible.YES);
    }

    static byte[] content(long size, long seed, Compressible compressible) {
        byte[] bytes = new byte[(int) size];
        Random random = new Random(seed);
        if (compressible == Compressible.NO) {
            random.nextBytes(bytes);
        } else {
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (random.nextInt(16) == 0 ? random.nextInt() : i >> 6);
            }
        }
        return bytes;
    }

    static byte[] content(Made made) {
        return content(made.entry().size(), made.seed(), made.compressible());
    }

    /** A lane of many kinds of entries; objects are cut several times. */
    static List<Made> mixedLane(long seed) {
        Random random = new Random(seed);
        List<Made> lane = new ArrayList<>();
        lane.add(made(ManifestEntry.directory(".", 0700, TIME)));
        lane.add(made(ManifestEntry.directory("base", 0700, TIME)));
        lane.add(made(ManifestEntry.directory("pg_wal/archive_status", 0750, TIME)));
        lane.add(file("base/empty", 0, 1, Compressible.YES));
        lane.add(file("base/one-record", 512, 2, Compressible.NO));
        lane.add(file("base/just-over", 513, 3, Compressible.NO));
        lane.add(file("base/" + "long-name-".repeat(20), 100, 4, Compressible.NO));
        lane.add(file("base/größe ☃ 'quoted' \\ \n", 77, 5, Compressible.NO));
        lane.add(file("base/not-utf8-" + (char) 0xDCFF + (char) 0xDC80, 78, 6, Compressible.NO));
        lane.add(made(ManifestEntry.link("link", "/somewhere/else/ü", TIME)));
        lane.add(file("base/big", (40 << 20) + 123, 7, Compressible.NO));
        lane.add(file("base/text", (9 << 20) + 1, 8, Compressible.YES));
        for (int i = 0; i < 300; i++) {
            lane.add(file("base/5/" + (16384 + i), random.nextInt(20000), random.nextLong(), Compressible.YES));
        }
        lane.add(file("base/last", 3 << 20, 9, Compressible.NO));
        return lane;
    }

    /** Writes one lane; returns its entries with their positions. */
    static LaneTotals write(
            Generation generation, int lane, List<Made> entries, Executor uploads, List<ManifestEntry> positioned) {
        try (LaneWriter writer = new LaneWriter(generation, ID, lane, uploads)) {
            for (Made made : entries) {
                LanePosition position = writer.begin(made.entry());
                byte[] content = content(made);
                for (int at = 0; at < content.length; at += 100_000) {
                    writer.write(content, at, Math.min(100_000, content.length - at));
                }
                writer.end();
                positioned.add(made.entry().at(position));
            }
            return writer.finish();
        }
    }

    static BackupSummary summary(BackupId id, ManifestWriter writer, List<LaneTotals> lanes) {
        return new BackupSummary(
                id,
                SYSTEM,
                new PostgresMajor(17),
                "17.4",
                "0.1.0",
                "pgpitr backup",
                TIME,
                TIME.plusSeconds(60),
                TimelineId.FIRST,
                Lsn.parse("0/2000028"),
                Lsn.parse("0/3000000"),
                WalSegmentSize.DEFAULT,
                Source.PRIMARY,
                740,
                745,
                Checksums.ON,
                List.of(new Tablespace(16385, "fast ☃", "/srv/ts " + (char) 0xDCFF)),
                List.of(
                        new DamagedPage("base/5/16384", 7),
                        new DamagedPage("base/5/16384", 9),
                        new DamagedPage("base/5/" + (char) 0xDCFF, 3)),
                writer.files(),
                writer.originalBytes(),
                lanes.stream().mapToLong(LaneTotals::storedBytes).sum(),
                lanes.size());
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
