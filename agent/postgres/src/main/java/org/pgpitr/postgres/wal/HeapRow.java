package org.pgpitr.postgres.wal;

import static org.pgpitr.postgres.wal.LittleEndian.int32;
import static org.pgpitr.postgres.wal.LittleEndian.uint16;
import static org.pgpitr.postgres.wal.LittleEndian.uint32;
import static org.pgpitr.postgres.wal.LittleEndian.uint8;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The columns of a row, as far as the WAL holds them from the first one on ({@code heapam_xlog.h}, {@code htup_details.h};
 * the same in 13 to 18). For rows whose first columns have a fixed width, as those of the catalogs do.
 */
public final class HeapRow {
    private static final int OPERATION = 0x70;
    private static final int INSERT = 0x00;
    private static final int DELETE = 0x10;
    private static final int UPDATE = 0x20;
    private static final int HOT_UPDATE = 0x40;
    private static final int INPLACE = 0x70;
    private static final int PREFIX_FROM_OLD = 0x20;
    private static final int SUFFIX_FROM_OLD = 0x40;
    /** {@code SizeofHeapTupleHeader}. */
    private static final int TUPLE_HEADER = 23;

    private static final int ROW_HEADER = 5;
    private static final int PAGE_HEADER = 24;
    private static final int LINE_POINTER = 4;
    private static final int NAME = 64;

    private final byte[] bytes;
    private final int offset;
    private final int length;

    private HeapRow(byte[] bytes, int offset, int length) {
        this.bytes = bytes;
        this.offset = offset;
        this.length = length;
    }

    /** How many bytes of its columns are known. */
    public int length() {
        return length;
    }

    /** Whether {@code count} bytes from {@code at} on are known. */
    private void require(int at, int count) {
        java.util.Objects.checkFromIndexSize(at, count, length);
    }

    /** An OID or another unsigned number of four bytes. */
    public long oid(int at) {
        require(at, 4);
        return uint32(bytes, offset + at);
    }

    /** A signed number of four bytes. */
    public int number(int at) {
        require(at, 4);
        return int32(bytes, offset + at);
    }

    /** A {@code "char"}. */
    public char character(int at) {
        require(at, 1);
        return (char) uint8(bytes, offset + at);
    }

    /** A {@code name} of 64 bytes. */
    public String name(int at) {
        require(at, NAME);
        int end = offset + at;
        while (end < offset + at + NAME && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, offset + at, end - offset - at, StandardCharsets.UTF_8);
    }

    /**
     * The row that a record of {@link RmgrId#HEAP} inserts, or makes of another one, or overwrites in its place; empty if
     * it does none of it, or says of an update only what differs.
     *
     * @throws BrokenWalException if its data does not fit its kind
     */
    public static Optional<HeapRow> written(WalRecord record, PageImages images) {
        int operation = record.info() & OPERATION;
        if (record.blockCount() == 0) {
            return Optional.empty();
        }
        BlockReference block = record.block(0);
        return switch (operation) {
            case INSERT -> block.dataLength() > 0 ? row(record, block, 0) : onPage(record, 0, images);
            case UPDATE, HOT_UPDATE -> updated(record, block, images);
            case INPLACE ->
                block.dataLength() > 0
                        ? Optional.of(new HeapRow(record.bytes(), block.dataOffset(), block.dataLength()))
                        : onPage(record, 0, images);
            default -> Optional.empty();
        };
    }

    /**
     * What an update says of a row that begins as the one before it did.
     *
     * @param from how many bytes of the columns are as they were
     * @param rest what comes behind them, without what is at the end as it was
     */
    public record Difference(int from, HeapRow rest) {}

    /**
     * What a record of {@link RmgrId#HEAP} says of the row that it makes of another one, where {@link #written} can't tell
     * all of it; empty if it does nothing of that kind ({@code log_heap_update()} in {@code heapam.c}).
     *
     * @throws BrokenWalException if its data does not fit its kind
     */
    public static Optional<Difference> difference(WalRecord record) {
        int operation = record.info() & OPERATION;
        if (record.blockCount() == 0 || (operation != UPDATE && operation != HOT_UPDATE)) {
            return Optional.empty();
        }
        need(record, 14);
        BlockReference block = record.block(0);
        int flags = uint8(record.bytes(), record.mainDataOffset() + 7);
        if (block.dataLength() < 2 || (flags & PREFIX_FROM_OLD) == 0) {
            return Optional.empty();
        }
        int from = uint16(record.bytes(), block.dataOffset());
        return row(record, block, (flags & SUFFIX_FROM_OLD) != 0 ? 4 : 2).map(rest -> new Difference(from, rest));
    }

    private static Optional<HeapRow> updated(WalRecord record, BlockReference block, PageImages images) {
        need(record, 14);
        if (block.dataLength() == 0) {
            return onPage(record, 12, images);
        }
        int flags = uint8(record.bytes(), record.mainDataOffset() + 7);
        return (flags & PREFIX_FROM_OLD) != 0
                ? Optional.empty()
                : row(record, block, (flags & SUFFIX_FROM_OLD) != 0 ? 2 : 0);
    }

    /** @param before how many bytes of the block's data stand before the row's header */
    private static Optional<HeapRow> row(WalRecord record, BlockReference block, int before) {
        int at = block.dataOffset() + before;
        int rest = block.dataLength() - before - ROW_HEADER;
        int padding = rest < 0 ? -1 : uint8(record.bytes(), at + 4) - TUPLE_HEADER;
        if (padding < 0 || rest < padding) {
            throw record.broken("its row is shorter than its header");
        }
        return Optional.of(new HeapRow(record.bytes(), at + ROW_HEADER + padding, rest - padding));
    }

    /** @param at where the row's number stands in the main data */
    private static Optional<HeapRow> onPage(WalRecord record, int at, PageImages images) {
        need(record, at + 2);
        int number = uint16(record.bytes(), record.mainDataOffset() + at);
        return images.of(record, record.block(0)).flatMap(page -> item(page, number));
    }

    /** All rows on a page that a record carries whole; of an updated row there may be an older version too. */
    public static List<HeapRow> onPage(WalRecord record, BlockReference block, PageImages images) {
        List<HeapRow> rows = new ArrayList<>();
        images.of(record, block).ifPresent(page -> {
            int count = (Math.min(uint16(page, 12), PageImages.PAGE) - PAGE_HEADER) / LINE_POINTER;
            for (int number = 1; number <= count; number++) {
                item(page, number).ifPresent(rows::add);
            }
        });
        return rows;
    }

    /** @param number counted from 1 */
    private static Optional<HeapRow> item(byte[] page, int number) {
        int pointer = PAGE_HEADER + (number - 1) * LINE_POINTER;
        if (number < 1 || pointer + LINE_POINTER > Math.min(uint16(page, 12), PageImages.PAGE)) {
            return Optional.empty();
        }
        int item = int32(page, pointer);
        int at = item & 0x7FFF;
        boolean normal = (item >>> 15 & 3) == 1;
        int itemLength = item >>> 17;
        if (!normal || itemLength < TUPLE_HEADER || at + itemLength > PageImages.PAGE) {
            return Optional.empty();
        }
        int header = uint8(page, at + 22);
        return header > itemLength
                ? Optional.empty()
                : Optional.of(new HeapRow(page, at + header, itemLength - header));
    }

    /**
     * Which row of its block a record of {@link RmgrId#HEAP} deletes or overwrites in its place, counted from 1; 0 if it
     * does neither.
     */
    public static int number(WalRecord record) {
        return switch (record.info() & OPERATION) {
            case DELETE -> numberAt(record, 4);
            case INPLACE -> numberAt(record, 0);
            default -> 0;
        };
    }

    /** Whether a record of {@link RmgrId#HEAP} overwrites a row in its place: what no abort undoes. */
    public static boolean isInPlace(WalRecord record) {
        return (record.info() & OPERATION) == INPLACE;
    }

    private static int numberAt(WalRecord record, int at) {
        need(record, at + 2);
        return uint16(record.bytes(), record.mainDataOffset() + at);
    }

    private static void need(WalRecord record, int count) {
        if (record.mainDataLength() < count) {
            throw record.broken("its data is shorter than its kind needs");
        }
    }
}
