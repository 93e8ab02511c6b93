package org.pgpitr.service.verify;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.ClusterIdentity;

/** Writes WAL as PostgreSQL 17 does: pages, records across pages and segments, CRCs, the chain; no server needed. */
final class MadeWal {
    private static final int PAGE = 8192;
    private static final int MAGIC_17 = 0xD116;
    private static final int CONTINUATION = 1;
    private static final int LONG_HEADER = 2;
    private static final int NOOP = 0x20;
    private static final int HEADER = 24;

    private final ClusterIdentity cluster;
    private final Random random;
    private final Map<WalSegmentName, byte[]> segments = new TreeMap<>();
    private TimelineId timeline;
    private byte[] current;
    private long position;
    private long previous;

    /** WAL of timeline 1, from the beginning of a segment on. */
    MadeWal(ClusterIdentity cluster, long firstSegment, long seed) {
        this.cluster = cluster;
        this.random = new Random(seed);
        this.timeline = TimelineId.FIRST;
        this.current = new byte[cluster.segmentSize().bytes()];
        this.position = cluster.segmentSize().start(firstSegment).value();
        this.previous = position - 64;
    }

    private MadeWal(MadeWal origin, TimelineId timeline, long seed) {
        this.cluster = origin.cluster;
        this.random = new Random(seed);
        this.timeline = timeline;
        this.current = origin.current.clone();
        this.position = origin.position;
        this.previous = origin.previous;
    }

    /** Another timeline that leaves this one where it is now. */
    MadeWal fork(int newTimeline) {
        return new MadeWal(this, new TimelineId(newTimeline), newTimeline);
    }

    Lsn position() {
        return new Lsn(position);
    }

    /** The segment that is not full yet, as a {@code .partial} holds it. */
    byte[] partial() {
        return current.clone();
    }

    /** Writes until so many more segments are full, and a little more. */
    MadeWal fill(int count) {
        int wanted = segments.size() + count;
        while (segments.size() < wanted) {
            record(20 + random.nextInt(random.nextInt(10) == 0 ? 30_000 : 400));
        }
        for (int i = 0; i < 20; i++) {
            record(100);
        }
        return this;
    }

    /** Writes so many records more. */
    MadeWal more(int count) {
        for (int i = 0; i < count; i++) {
            record(400);
        }
        return this;
    }

    /** Writes until a segment is full, whose last record has that length and ends in the next one. */
    MadeWal endIn(int length) {
        int size = cluster.segmentSize().bytes();
        while (size - position % size > 1_000) {
            record(200);
        }
        record(length);
        return this;
    }

    /** The segments that are full, by name. */
    Map<WalSegmentName, byte[]> segments() {
        return segments;
    }

    private void record(int dataLength) {
        ByteBuffer record = ByteBuffer.allocate(HEADER + 5 + dataLength).order(ByteOrder.LITTLE_ENDIAN);
        record.putInt(record.capacity())
                .putInt(700)
                .putLong(previous)
                .put((byte) NOOP)
                .put((byte) 0)
                .putShort((short) 0)
                .putInt(0);
        record.put((byte) 254).putInt(dataLength);
        byte[] data = new byte[dataLength];
        random.nextBytes(data);
        record.put(data);
        CRC32C crc = new CRC32C();
        crc.update(record.array(), HEADER, record.capacity() - HEADER);
        crc.update(record.array(), 0, HEADER - 4);
        record.putInt(20, (int) crc.getValue());
        write(record.array());
    }

    private void write(byte[] record) {
        if (position % PAGE == 0) {
            pageHeader(0);
        }
        long start = position;
        for (int done = 0; done < record.length; ) {
            if (position % PAGE == 0) {
                pageHeader(record.length - done);
            }
            int part = (int) Math.min(PAGE - position % PAGE, record.length - done);
            put(record, done, part);
            done += part;
        }
        put(new byte[8], 0, (int) (-position & 7));
        previous = start;
    }

    private void pageHeader(int remaining) {
        int size = cluster.segmentSize().bytes();
        boolean first = position % size == 0;
        ByteBuffer header = ByteBuffer.allocate(first ? 40 : 24).order(ByteOrder.LITTLE_ENDIAN);
        header.putShort((short) MAGIC_17)
                .putShort((short) ((remaining > 0 ? CONTINUATION : 0) | (first ? LONG_HEADER : 0)))
                .putInt((int) timeline.value())
                .putLong(position)
                .putInt(remaining)
                .putInt(0);
        if (first) {
            header.putLong(cluster.systemIdentifier().value()).putInt(size).putInt(PAGE);
        }
        put(header.array(), 0, header.capacity());
    }

    private void put(byte[] bytes, int offset, int length) {
        int size = cluster.segmentSize().bytes();
        System.arraycopy(bytes, offset, current, (int) (position % size), length);
        position += length;
        if (length > 0 && position % size == 0) {
            segments.put(WalSegmentName.of(timeline, position / size - 1, cluster.segmentSize()), current);
            current = new byte[size];
        }
    }
}
