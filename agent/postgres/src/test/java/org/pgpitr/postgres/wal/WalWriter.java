package org.pgpitr.postgres.wal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;

/** Writes WAL for tests, as PostgreSQL lays it out: pages, records, CRCs, the chain. */
public final class WalWriter {
    private static final int PAGE = 8192;
    private static final Map<Integer, Integer> MAGIC =
            Map.of(13, 0xD106, 14, 0xD10D, 15, 0xD110, 16, 0xD113, 17, 0xD116, 18, 0xD118);

    private final PostgresMajor major;
    private final WalSegmentSize size;
    private final SystemIdentifier cluster;
    private final TreeMap<Long, byte[]> segments = new TreeMap<>();
    private TimelineId timeline;
    private long position;
    private long previous;

    /** @param first the segment to begin with */
    public WalWriter(PostgresMajor major, WalSegmentSize size, SystemIdentifier cluster, WalSegmentName first) {
        this.major = major;
        this.size = size;
        this.cluster = cluster;
        this.timeline = first.timeline();
        this.position = first.start(size).value();
    }

    private byte[] segment() {
        return segments.computeIfAbsent(Long.divideUnsigned(position, size.bytes()), n -> new byte[size.bytes()]);
    }

    private int offset() {
        return (int) (position % size.bytes());
    }

    private void pageHeader(int flags, long remaining) {
        boolean first = offset() == 0;
        ByteBuffer page = ByteBuffer.wrap(segment(), offset(), PAGE).order(ByteOrder.LITTLE_ENDIAN);
        page.putShort((short) MAGIC.get(major.value()).intValue())
                .putShort((short) (flags | (first ? 2 : 0)))
                .putInt((int) timeline.value())
                .putLong(position)
                .putInt((int) remaining)
                .putInt(0);
        if (first) {
            page.putLong(cluster.value()).putInt(size.bytes()).putInt(PAGE);
        }
        position += first ? 40 : 24;
    }

    /** Appends a record. @return where it begins */
    public Lsn record(int resourceManager, int info, long xid, byte[] afterHeader) {
        return record(resourceManager, info, xid, afterHeader, Integer.MAX_VALUE);
    }

    private Lsn record(int resourceManager, int info, long xid, byte[] afterHeader, int pagesAtMost) {
        byte[] bytes = new byte[24 + afterHeader.length];
        System.arraycopy(afterHeader, 0, bytes, 24, afterHeader.length);
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(bytes.length)
                .putInt((int) xid)
                .putLong(previous)
                .put((byte) info)
                .put((byte) resourceManager)
                .putShort((short) 0);
        CRC32C crc = new CRC32C();
        crc.update(bytes, 24, afterHeader.length);
        crc.update(bytes, 0, 20);
        header.putInt((int) crc.getValue());
        if (position % PAGE == 0) {
            pageHeader(0, 0);
        }
        long start = position;
        int pages = 0;
        for (int written = 0; written < bytes.length; ) {
            if (position % PAGE == 0) {
                if (++pages == pagesAtMost) {
                    return new Lsn(start);
                }
                pageHeader(1, bytes.length - written);
            }
            int part = Math.min(bytes.length - written, PAGE - (int) (position % PAGE));
            System.arraycopy(bytes, written, segment(), offset(), part);
            written += part;
            position += part;
        }
        position = position + 7 & ~7L;
        previous = start;
        return new Lsn(start);
    }

    /** Main data alone. */
    public static byte[] main(byte[] data) {
        ByteBuffer out = ByteBuffer.allocate(data.length + 5).order(ByteOrder.LITTLE_ENDIAN);
        if (data.length < 256) {
            out.put((byte) 255).put((byte) data.length);
        } else {
            out.put((byte) 254).putInt(data.length);
        }
        out.put(data);
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }

    private static ByteBuffer data(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A record of {@code length} bytes that means nothing. */
    public Lsn filler(int length, byte content) {
        int header = 24 + (length < 24 + 2 + 256 ? 2 : 5);
        byte[] data = new byte[length - header];
        java.util.Arrays.fill(data, content);
        return record(RmgrId.XLOG, 0x20, 0, main(data));
    }

    public Lsn filler(byte[] content) {
        return record(RmgrId.XLOG, 0x20, 0, main(content));
    }

    /** Fills up to exactly {@code left} bytes (a multiple of 8, less than a page) before the segment's end. */
    public void fillToBefore(int left) {
        while (size.bytes() - offset() > PAGE) {
            filler(PAGE / 2, (byte) 7);
        }
        if (offset() == 0 || offset() % PAGE == 0) {
            filler(64, (byte) 7);
        }
        int room = size.bytes() - offset() - left;
        if (room >= 32) {
            filler(room, (byte) 7);
        }
    }

    public Lsn commit(long xid, Instant time) {
        return record(
                RmgrId.TRANSACTION,
                0x00,
                xid,
                main(data(8).putLong(Timestamps.timestampTz(time)).array()));
    }

    public Lsn abort(long xid, Instant time) {
        return record(
                RmgrId.TRANSACTION,
                0x20,
                xid,
                main(data(8).putLong(Timestamps.timestampTz(time)).array()));
    }

    public Lsn commit(long xid, Instant time, List<Long> subtransactions, List<RelationLocator> dropped) {
        ByteBuffer out = data(12 + 4 + 4 * subtransactions.size() + 4 + 12 * dropped.size());
        out.putLong(Timestamps.timestampTz(time)).putInt(2 | 4).putInt(subtransactions.size());
        subtransactions.forEach(x -> out.putInt(x.intValue()));
        out.putInt(dropped.size());
        dropped.forEach(d -> relation(out, d));
        return record(RmgrId.TRANSACTION, 0x80, xid, main(out.array()));
    }

    private static void relation(ByteBuffer out, RelationLocator relation) {
        out.putInt((int) relation.tablespace())
                .putInt((int) relation.database())
                .putInt((int) relation.relation());
    }

    public Lsn restorePoint(String name, Instant time) {
        ByteBuffer out = data(72).putLong(Timestamps.timestampTz(time));
        out.put(name.getBytes(StandardCharsets.UTF_8));
        return record(RmgrId.XLOG, 0x70, 0, main(out.array()));
    }

    public Lsn checkpoint(long nextXid) {
        ByteBuffer out =
                data(88).putLong(position).putInt((int) timeline.value()).putInt((int) timeline.value());
        out.putLong(24, nextXid);
        return record(RmgrId.XLOG, 0x10, 0, main(out.array()));
    }

    public Lsn endOfRecovery(TimelineId from, Instant time) {
        ByteBuffer out = data(16).putLong(Timestamps.timestampTz(time));
        out.putInt((int) timeline.value()).putInt((int) from.value());
        return record(RmgrId.XLOG, 0x90, 0, main(out.array()));
    }

    public Lsn create(long xid, RelationLocator relation) {
        return create(xid, relation, 0);
    }

    /** @param fork 0 the main fork, 3 init */
    public Lsn create(long xid, RelationLocator relation, int fork) {
        ByteBuffer out = data(16);
        relation(out, relation);
        out.putInt(fork);
        return record(RmgrId.STORAGE, 0x10, xid, main(out.array()));
    }

    public Lsn truncate(long xid, RelationLocator relation, int blocks) {
        ByteBuffer out = data(20).putInt(blocks);
        relation(out, relation);
        out.putInt(7);
        return record(RmgrId.STORAGE, 0x20, xid, main(out.array()));
    }

    public Lsn database(int info, long xid, long database) {
        return record(
                RmgrId.DATABASE, info, xid, main(data(16).putInt((int) database).array()));
    }

    /** A change of one row. */
    public Lsn row(RowChange change, long xid, RelationLocator relation) {
        int info = change == RowChange.INSERT ? 0x00 : change == RowChange.DELETE ? 0x10 : 0x20;
        return record(RmgrId.HEAP, info, xid, block(relation, main(new byte[8])));
    }

    public Lsn multiInsert(long xid, RelationLocator relation, int rows) {
        return record(
                RmgrId.HEAP2,
                0x50,
                xid,
                block(relation, main(data(4).putShort(2, (short) rows).array())));
    }

    private static byte[] block(RelationLocator relation, byte[] main) {
        ByteBuffer out = data(20 + main.length).put((byte) 0).put((byte) 0).putShort((short) 0);
        relation(out, relation);
        return out.putInt(17).put(main).array();
    }

    /** Ends the segment. */
    public Lsn switchSegment() {
        Lsn start = record(RmgrId.XLOG, 0x40, 0, new byte[0]);
        toNextSegment();
        return start;
    }

    private void toNextSegment() {
        position = (position + size.bytes() - 1) / size.bytes() * size.bytes();
    }

    /** Goes on on another timeline, in the same segment, as a promotion does. */
    public void promote(TimelineId to) {
        timeline = to;
    }

    /** Begins a record that crosses a page's end and is never finished: the server crashed, and begins anew there. */
    public void crashIn(int length) {
        record(RmgrId.XLOG, 0x20, 0, main(new byte[length]), 1);
        pageHeader(8, 0);
    }

    public Lsn position() {
        return new Lsn(position);
    }

    public WalSegmentName name() {
        return WalSegmentName.containing(timeline, position(), size);
    }

    /** All segments that are full, or were switched. */
    public List<byte[]> full() {
        List<byte[]> full = new ArrayList<>();
        segments.forEach((number, bytes) -> {
            if ((number + 1) * size.bytes() <= position) {
                full.add(bytes);
            }
        });
        return full;
    }

    /** A segment by its number, which is forgotten here. */
    public byte[] take(long number) {
        return segments.remove(number);
    }

    /** A segment by its number, full or not. */
    public byte[] segment(long number) {
        return segments.get(number);
    }
}
