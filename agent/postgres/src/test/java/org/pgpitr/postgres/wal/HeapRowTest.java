package org.pgpitr.postgres.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pgpitr.postgres.Fuzzing;
import org.pgpitr.postgres.PostgresMajor;

@Timeout(60)
class HeapRowTest {
    private static final PostgresMajor MAJOR = new PostgresMajor(17);
    /** Takes bytes as they stand for zstd. */
    private static final PageImages IMAGES =
            new PageImages(MAJOR, (stored, length) -> stored.length == length ? Optional.of(stored) : Optional.empty());

    /** As {@code pg_class} begins. */
    private static byte[] columns(int oid, String name) {
        ByteBuffer row = little(120).putInt(oid).put(name.getBytes(StandardCharsets.UTF_8));
        row.putInt(68, 2200).putInt(88, 16390);
        return row.array();
    }

    private static ByteBuffer little(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** {@code xl_heap_header}, the bitmap's padding, the columns. */
    private static byte[] tuple(byte[] columns) {
        return little(5 + 9 + columns.length)
                .put(4, (byte) 32)
                .position(14)
                .put(columns)
                .array();
    }

    private static byte[] record(byte[] image, int imageInfo, int hole, byte[] blockData, byte[] main) {
        ByteBuffer out = little(200 + image.length + blockData.length + main.length);
        out.put((byte) 0)
                .put((byte) ((image.length > 0 ? 0x10 : 0) | (blockData.length > 0 ? 0x20 : 0)))
                .putShort((short) blockData.length);
        if (image.length > 0) {
            out.putShort((short) image.length).putShort((short) 1000).put((byte) imageInfo);
            if ((imageInfo & 1) != 0 && (imageInfo & ~3) != 0) {
                out.putShort((short) hole);
            }
        }
        out.putInt(1663).putInt(5).putInt(1259).putInt(0);
        out.put((byte) 255).put((byte) main.length).put(image).put(blockData).put(main);
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }

    private static byte[] segment(int info, byte[] record) {
        WalWriter wal = SegmentSummaryTest.writer(17);
        wal.record(RmgrId.HEAP, info, 700, record);
        return wal.segment(3);
    }

    private static WalRecord read(int info, byte[] record) {
        return read(segment(info, record));
    }

    private static WalRecord read(byte[] segment) {
        WalReader reader = new WalReader(MAJOR, SegmentSummaryTest.SIZE);
        reader.open(SegmentSummaryTest.FIRST, segment);
        WalRecord read = new WalRecord();
        assertThat(reader.next(read)).isTrue();
        return read;
    }

    /** A page with one row, whose columns stand behind a header of 32 bytes at its end. */
    private static byte[] page(byte[] columns) {
        int length = 32 + columns.length;
        int at = 8192 - length;
        ByteBuffer page = little(8192);
        page.putShort(12, (short) 28).putShort(14, (short) at);
        page.putInt(24, at | 1 << 15 | length << 17);
        page.put(at + 22, (byte) 32);
        page.position(at + 32).put(columns);
        return page.array();
    }

    private static void isOrders(HeapRow row) {
        assertThat(row.oid(0)).isEqualTo(16387);
        assertThat(row.name(4)).isEqualTo("orders");
        assertThat(row.oid(88)).isEqualTo(16390);
        assertThat(row.length()).isGreaterThanOrEqualTo(120);
    }

    @Test
    void an_inserted_row_stands_in_the_blocks_data() {
        WalRecord record = read(0x00, record(new byte[0], 0, 0, tuple(columns(16387, "orders")), new byte[3]));

        isOrders(HeapRow.written(record, IMAGES).orElseThrow());
    }

    @Test
    void an_update_that_says_only_what_differs_tells_no_row() {
        byte[] main = little(14).put(7, (byte) 0x20).array();
        ByteBuffer data = little(40).putShort((short) 88);
        WalRecord record = read(0x20, record(new byte[0], 0, 0, data.array(), main));

        assertThat(HeapRow.written(record, IMAGES)).isEmpty();
    }

    @Test
    void an_inserted_row_is_found_on_the_page_that_came_with_it() {
        byte[] page = page(columns(16387, "orders"));
        byte[] dense = new byte[8192 - 6000];
        System.arraycopy(page, 0, dense, 0, 1000);
        System.arraycopy(page, 7000, dense, 1000, 1192);
        byte[] main = little(3).putShort((short) 1).array();
        WalRecord plain = read(0x00, record(dense, 1 | 2, 6000, new byte[0], main));

        isOrders(HeapRow.written(plain, IMAGES).orElseThrow());
        assertThat(HeapRow.onPage(plain, plain.block(0), IMAGES)).hasSize(1);

        byte[] lz4 = lz4(dense);
        isOrders(HeapRow.written(read(0x00, record(lz4, 1 | 2 | 8, 6000, new byte[0], main)), IMAGES)
                .orElseThrow());
        byte[] pglz = pglz(dense);
        isOrders(HeapRow.written(read(0x00, record(pglz, 1 | 2 | 4, 6000, new byte[0], main)), IMAGES)
                .orElseThrow());
        isOrders(HeapRow.written(read(0x00, record(dense, 1 | 2 | 16, 6000, new byte[0], main)), IMAGES)
                .orElseThrow());
        WalRecord cut = read(0x00, record(Arrays.copyOf(dense, 99), 1 | 2 | 16, 6000, new byte[0], main));
        assertThatThrownBy(() -> HeapRow.written(cut, IMAGES)).isInstanceOf(BrokenWalException.class);
    }

    /** The zeros in the middle as a copy of the one before, all else as it stands. */
    private static byte[] lz4(byte[] dense) {
        ByteBuffer out = little(dense.length);
        out.put((byte) 0xFF).put((byte) (101 - 15)).put(dense, 0, 101).putShort((short) 1);
        int copied = 700;
        int rest = copied - 4 - 15;
        for (; rest >= 255; rest -= 255) {
            out.put((byte) 255);
        }
        out.put((byte) rest);
        int last = dense.length - 101 - copied;
        out.put((byte) 0xF0);
        rest = last - 15;
        for (; rest >= 255; rest -= 255) {
            out.put((byte) 255);
        }
        out.put((byte) rest).put(dense, 101 + copied, last);
        return java.util.Arrays.copyOf(out.array(), out.position());
    }

    private static byte[] pglz(byte[] dense) {
        ByteBuffer out = little(2 * dense.length);
        int at = 0;
        for (; at < 104; at += 8) {
            out.put((byte) 0).put(dense, at, 8);
        }
        // eight copies of 80 bytes from one byte back
        out.put((byte) 0xFF);
        for (int i = 0; i < 8; i++) {
            out.put((byte) 0x0F).put((byte) 1).put((byte) (80 - 18));
            at += 80;
        }
        for (; at < dense.length; at += 8) {
            out.put((byte) 0).put(dense, at, Math.min(8, dense.length - at));
        }
        return java.util.Arrays.copyOf(out.array(), out.position());
    }

    @Test
    void records_that_lie_end_in_the_declared_exception() {
        Fuzzing.of("rows", segment(0x00, record(new byte[0], 0, 0, tuple(columns(16387, "orders")), new byte[3])))
                .declaring(BrokenWalException.class)
                .damagedBy((sound, random) -> lying(random))
                // A page, and what it is put together from; of a segment only the record is read
                .atMost(64 << 10, 0)
                .run(bytes -> {
                    WalRecord record = read(bytes);
                    HeapRow.number(record);
                    HeapRow.written(record, IMAGES)
                            .ifPresent(row -> assertThat(row.length()).isNotNegative());
                    HeapRow.difference(record);
                    HeapRow.onPage(record, record.block(0), IMAGES);
                    RunningTransactions.of(record);
                });
    }

    private static byte[] lying(Random random) {
        byte[] image = new byte[random.nextInt(3) == 0 ? random.nextInt(900) : 0];
        byte[] data = new byte[random.nextInt(60)];
        byte[] main = new byte[random.nextInt(20)];
        List.of(image, data, main).forEach(random::nextBytes);
        return segment(random.nextInt(256), record(image, random.nextInt(32), random.nextInt(8200), data, main));
    }
}
