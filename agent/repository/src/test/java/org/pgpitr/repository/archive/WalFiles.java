package org.pgpitr.repository.archive;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Random;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.WalWriter;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;

/** WAL files and clusters for tests: segments with one record of seeded bytes. */
public final class WalFiles {
    public static final SystemIdentifier CLUSTER = new SystemIdentifier(7312345678901234567L);
    public static final SystemIdentifier TWIN = new SystemIdentifier(7312345678901234568L);

    private static final int MAGIC_17 = 0xD116;
    private static final int LONG_HEADER = 2;
    /** So much of a segment does not compress: more than one chunk of an age file. */
    private static final int NOISE = 80_000;

    private WalFiles() {}

    /** PostgreSQL 17 with segments of 1 MB. */
    public static ClusterIdentity cluster(int generation, SystemIdentifier id, Encryption encryption) {
        return cluster(generation, id, 17, 1 << 20, encryption);
    }

    public static ClusterIdentity cluster(
            int generation, SystemIdentifier id, int major, int segmentSize, Encryption encryption) {
        return new ClusterIdentity(
                ClusterIdentity.FORMAT_VERSION,
                generation,
                id,
                new PostgresMajor(major),
                new WalSegmentSize(segmentSize),
                encryption,
                Instant.parse("2026-11-20T14:00:00Z"));
    }

    /** A segment as PostgreSQL 17 writes it. */
    public static byte[] segment(WalSegmentName name, ClusterIdentity cluster, long seed) {
        return segment(name, cluster, seed, MAGIC_17);
    }

    public static byte[] segment(WalSegmentName name, ClusterIdentity cluster, long seed, int magic) {
        byte[] noise = new byte[NOISE];
        new Random(seed).nextBytes(noise);
        PostgresMajor major = cluster.major().isKnown() ? cluster.major() : PostgresMajor.NEWEST_KNOWN;
        WalWriter wal = new WalWriter(major, cluster.segmentSize(), cluster.systemIdentifier(), name);
        wal.filler(noise);
        wal.switchSegment();
        byte[] segment = wal.full().get(0);
        header(
                segment,
                magic,
                name.timeline(),
                name.start(cluster.segmentSize()).value(),
                cluster);
        return segment;
    }

    /** Overwrites the header of the first page. */
    public static void header(byte[] segment, int magic, TimelineId timeline, long address, ClusterIdentity cluster) {
        ByteBuffer.wrap(segment)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) magic)
                .putShort((short) LONG_HEADER)
                .putInt((int) timeline.value())
                .putLong(address)
                .putInt(0)
                .putInt(0)
                .putLong(cluster.systemIdentifier().value())
                .putInt(cluster.segmentSize().bytes())
                .putInt(8192);
    }
}
