package org.pgpitr.postgres.wal;

import static org.pgpitr.postgres.wal.LittleEndian.int32;
import static org.pgpitr.postgres.wal.LittleEndian.int64;
import static org.pgpitr.postgres.wal.LittleEndian.uint16;
import static org.pgpitr.postgres.wal.LittleEndian.uint32;
import static org.pgpitr.postgres.wal.LittleEndian.uint8;

import org.pgpitr.postgres.Lsn;

/**
 * One record ({@code src/include/access/xlogrecord.h}). The reader fills one instance again and again, so that reading
 * allocates nothing: take what you need before you ask for the next.
 */
public final class WalRecord {
    /** {@code SizeOfXLogRecord}. */
    static final int HEADER_LENGTH = 24;

    private static final int MAX_BLOCK_ID = 32;
    private static final int ID_TOPLEVEL_XID = 252;
    private static final int ID_ORIGIN = 253;
    private static final int ID_DATA_LONG = 254;
    private static final int ID_DATA_SHORT = 255;

    private final BlockReference[] blocks = new BlockReference[MAX_BLOCK_ID + 1];
    private int blockCount;
    private byte[] bytes = new byte[0];
    private int offset;
    private int length;
    private long start;
    private long end;
    private int mainDataOffset;
    private int mainDataLength;
    private long topLevelXid;

    /** Position of the record's first byte. */
    public Lsn start() {
        return new Lsn(start);
    }

    long startValue() {
        return start;
    }

    /** Position behind the record, aligned: where the next one may begin. PostgreSQL names a record's LSN by it. */
    public Lsn end() {
        return new Lsn(end);
    }

    /** In bytes, with header. */
    public int length() {
        return length;
    }

    /** The transaction that wrote it, 32 bits; 0 if none. */
    public long xid() {
        return uint32(bytes, offset + 4);
    }

    /** The start of the record before this one. */
    public Lsn previous() {
        return new Lsn(int64(bytes, offset + 8));
    }

    /** The resource manager's flags; the upper four bits are its record type. */
    public int info() {
        return uint8(bytes, offset + 16);
    }

    /** The resource manager's number ({@code rmgrlist.h}). */
    public int resourceManager() {
        return uint8(bytes, offset + 17);
    }

    /** The top-level transaction, if the record names it (a subtransaction's first, logical WAL only); else 0. */
    public long topLevelXid() {
        return topLevelXid;
    }

    /** What the offsets of this record and its blocks point into. */
    public byte[] bytes() {
        return bytes;
    }

    /** Where the main data begins in {@link #bytes()}. */
    public int mainDataOffset() {
        return mainDataOffset;
    }

    /** Length of the main data in bytes. */
    public int mainDataLength() {
        return mainDataLength;
    }

    public int blockCount() {
        return blockCount;
    }

    /** @param index 0 to {@link #blockCount()} - 1, in the record's order */
    public BlockReference block(int index) {
        return blocks[java.util.Objects.checkIndex(index, blockCount)];
    }

    /**
     * Takes over a record whose CRC was found right.
     *
     * @param imageFormat how this major marks a compressed image
     * @throws BrokenWalException if the headers in it do not add up to its length
     */
    void set(byte[] buffer, int at, int totalLength, long startLsn, long endLsn, ImageFormat imageFormat) {
        bytes = buffer;
        offset = at;
        length = totalLength;
        start = startLsn;
        end = endLsn;
        decode(imageFormat);
    }

    private void decode(ImageFormat imageFormat) {
        blockCount = 0;
        mainDataLength = 0;
        topLevelXid = 0;
        int limit = offset + length;
        int at = offset + HEADER_LENGTH;
        long behind = 0;
        BlockReference previous = null;
        while (limit - at > behind) {
            int id = uint8(bytes, at++);
            if (id == ID_DATA_SHORT) {
                need(at, 1, limit);
                mainDataLength = uint8(bytes, at++);
                behind += mainDataLength;
                break;
            } else if (id == ID_DATA_LONG) {
                need(at, 4, limit);
                mainDataLength = int32(bytes, at);
                at += 4;
                if (mainDataLength < 0) {
                    throw broken("main data of negative length");
                }
                behind += mainDataLength;
                break;
            } else if (id == ID_ORIGIN) {
                need(at, 2, limit);
                at += 2;
            } else if (id == ID_TOPLEVEL_XID) {
                need(at, 4, limit);
                topLevelXid = uint32(bytes, at);
                at += 4;
            } else if (id <= MAX_BLOCK_ID) {
                if (previous != null && id <= previous.id) {
                    throw broken("block " + id + " stands after block " + previous.id);
                }
                BlockReference block = blocks[blockCount] == null ? newBlock() : blocks[blockCount];
                at = decodeBlock(block, id, at, limit, previous, imageFormat);
                behind += block.imageLength + (long) block.dataLength;
                blockCount++;
                previous = block;
            } else {
                throw broken("no such block id: " + id);
            }
        }
        if (limit - at != behind) {
            throw broken("its headers tell of " + behind + " bytes of data, but " + (limit - at) + " follow");
        }
        for (int i = 0; i < blockCount; i++) {
            BlockReference block = blocks[i];
            block.imageOffset = at;
            block.dataOffset = at + block.imageLength;
            at = block.dataOffset + block.dataLength;
        }
        mainDataOffset = at;
    }

    private BlockReference newBlock() {
        blocks[blockCount] = new BlockReference();
        return blocks[blockCount];
    }

    private int decodeBlock(
            BlockReference block, int id, int start, int limit, BlockReference previous, ImageFormat imageFormat) {
        int at = start;
        need(at, 3, limit);
        int forkFlags = uint8(bytes, at);
        block.id = id;
        block.fork = forkFlags & 0x0F;
        block.flags = forkFlags;
        block.dataLength = uint16(bytes, at + 1);
        block.imageLength = 0;
        block.imageInfo = 0;
        at += 3;
        boolean hasData = (forkFlags & 0x20) != 0;
        if (hasData != (block.dataLength != 0)) {
            throw broken("block " + id + " contradicts itself on its data");
        }
        if (block.hasImage()) {
            need(at, 5, limit);
            block.imageLength = uint16(bytes, at);
            block.holeOffset = uint16(bytes, at + 2);
            block.holeLength = 0;
            block.imageInfo = uint8(bytes, at + 4);
            at += 5;
            if (imageFormat.hasHoleLength(block.imageInfo)) {
                need(at, 2, limit);
                block.holeLength = uint16(bytes, at);
                at += 2;
            }
        }
        boolean sameRelation = (forkFlags & 0x80) != 0;
        if (sameRelation) {
            if (previous == null) {
                throw broken("block " + id + " refers to a relation before it, but there is none");
            }
            block.tablespace = previous.tablespace;
            block.database = previous.database;
            block.relation = previous.relation;
        } else {
            need(at, 12, limit);
            block.tablespace = uint32(bytes, at);
            block.database = uint32(bytes, at + 4);
            block.relation = uint32(bytes, at + 8);
            at += 12;
        }
        need(at, 4, limit);
        block.block = uint32(bytes, at);
        return at + 4;
    }

    private void need(int at, int count, int limit) {
        if (limit - at < count) {
            throw broken("a header in it is cut off");
        }
    }

    BrokenWalException broken(String what) {
        return new BrokenWalException(start(), "record of " + length + " bytes: " + what);
    }
}
