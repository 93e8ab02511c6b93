package org.pgpitr.postgres.wal;

/**
 * A block that a record changes ({@code XLogRecordBlockHeader} in {@code src/include/access/xlogrecord.h}). Reused from
 * record to record, as its {@link WalRecord} is.
 */
public final class BlockReference {
    /** {@code MAIN_FORKNUM}. */
    public static final int MAIN_FORK = 0;
    /** {@code INIT_FORKNUM}, of unlogged relations. */
    public static final int INIT_FORK = 3;

    int id;
    int fork;
    int flags;
    long tablespace;
    long database;
    long relation;
    long block;
    int imageInfo;
    int imageOffset;
    int imageLength;
    int holeOffset;
    int holeLength;
    int dataOffset;
    int dataLength;

    BlockReference() {}

    /** The reference's number in its record, 0 to 32. */
    public int id() {
        return id;
    }

    /** 0 the main fork, 1 free space map, 2 visibility map, 3 init ({@code ForkNumber}). */
    public int fork() {
        return fork;
    }

    /** The tablespace's OID. */
    public long tablespace() {
        return tablespace;
    }

    /** The database's OID; 0 for a shared relation. */
    public long database() {
        return database;
    }

    /** The relation's file number ({@code relfilenode}). */
    public long relation() {
        return relation;
    }

    /** The block's number in its fork, unsigned 32 bits. */
    public long block() {
        return block;
    }

    /** Whether the record carries an image of the page. */
    public boolean hasImage() {
        return (flags & 0x10) != 0;
    }

    /** Whether replay makes the page anew without reading it. */
    public boolean initializesPage() {
        return (flags & 0x40) != 0;
    }

    /** Where the block's own data begins in {@link WalRecord#bytes()}. */
    public int dataOffset() {
        return dataOffset;
    }

    /** Length of the block's own data in bytes, without the image; 0 if there is none. */
    public int dataLength() {
        return dataLength;
    }
}
