package org.pgpitr.postgres.wal;

/** What a heap record does to rows ({@code src/include/access/heapam_xlog.h}; the operations are the same in 13 to 18). */
public enum RowChange {
    INSERT,
    UPDATE,
    DELETE,
    /** Nothing that a user did: locks, pruning, freezing, visibility. */
    NONE;

    private static final int OPERATION = 0x70;
    private static final int HEAP2_MULTI_INSERT = 0x50;

    /** What a record of {@link RmgrId#HEAP} or {@link RmgrId#HEAP2} does; others do nothing. */
    public static RowChange of(WalRecord record) {
        int operation = record.info() & OPERATION;
        if (record.resourceManager() == RmgrId.HEAP2) {
            return operation == HEAP2_MULTI_INSERT ? INSERT : NONE;
        }
        if (record.resourceManager() != RmgrId.HEAP) {
            return NONE;
        }
        return switch (operation) {
            case 0x00 -> INSERT;
            case 0x10 -> DELETE;
            case 0x20, 0x40 -> UPDATE;
            default -> NONE;
        };
    }

    /** How many rows a record changes: more than one in a multi-insert only ({@code xl_heap_multi_insert.ntuples}). */
    public static int rows(WalRecord record) {
        if (of(record) == NONE) {
            return 0;
        }
        if (record.resourceManager() != RmgrId.HEAP2) {
            return 1;
        }
        if (record.mainDataLength() < 4) {
            throw record.broken("its data is shorter than its kind needs");
        }
        return LittleEndian.uint16(record.bytes(), record.mainDataOffset() + 2);
    }
}
