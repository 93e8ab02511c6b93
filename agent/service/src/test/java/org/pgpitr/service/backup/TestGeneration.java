package org.pgpitr.service.backup;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.Threads;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.LaneReader;
import org.pgpitr.repository.backup.LaneTotals;
import org.pgpitr.repository.backup.ManifestEntry;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.storage.ObjectStore;

/** A generation to store into, and what a reader finds there. */
final class TestGeneration {
    static final BackupId BACKUP = BackupId.parse("20260102T030405Z");

    private TestGeneration() {}

    static Generation in(ObjectStore store) {
        ClusterIdentity identity = new ClusterIdentity(
                ClusterIdentity.FORMAT_VERSION,
                1,
                new SystemIdentifier(7_000_000_000_000_000_001L),
                new PostgresMajor(17),
                WalSegmentSize.DEFAULT,
                ClusterIdentity.Encryption.NONE,
                Instant.parse("2026-01-01T00:00:00Z"));
        return new Repository(store, new ClusterName("main"), Keys.none(), 3).create(identity);
    }

    /** The same generation seen through another store. */
    static Generation through(ObjectStore store, Generation generation) {
        return new Generation(store, generation.layout(), generation.identity(), generation.codec());
    }

    /** The files of finished lanes by their paths; directories have no content. */
    static Map<String, byte[]> read(Generation generation, List<LaneTotals> lanes) {
        ExecutorService readAhead = Executors.newCachedThreadPool(Threads.daemons("read-ahead"));
        Map<String, byte[]> files = new TreeMap<>();
        try {
            for (LaneTotals lane : lanes) {
                read(generation, lane, readAhead, files);
            }
        } finally {
            Threads.end(readAhead);
        }
        return files;
    }

    private static void read(
            Generation generation, LaneTotals lane, ExecutorService readAhead, Map<String, byte[]> files) {
        try (LaneReader reader = new LaneReader(generation, BACKUP, lane, readAhead)) {
            byte[] buffer = new byte[1 << 16];
            for (var entry = reader.next(); entry.isPresent(); entry = reader.next()) {
                ByteArrayOutputStream content = new ByteArrayOutputStream();
                for (int n = reader.read(buffer, 0, buffer.length); n >= 0; n = reader.read(buffer, 0, buffer.length)) {
                    content.write(buffer, 0, n);
                }
                String path = entry.get().path();
                if (entry.get().kind() == ManifestEntry.Kind.FILE && files.put(path, content.toByteArray()) != null) {
                    throw new AssertionError(path + " stands in the lanes twice");
                }
            }
        }
    }

    static String sha256(byte[] content) {
        MessageDigest digest = FileCopier.sha256();
        return HexFormat.of().formatHex(digest.digest(content));
    }
}
