package org.pgpitr.postgres.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pgpitr.postgres.wal.SegmentSummaryTest.FIRST;
import static org.pgpitr.postgres.wal.SegmentSummaryTest.NOON;
import static org.pgpitr.postgres.wal.SegmentSummaryTest.ORDERS;
import static org.pgpitr.postgres.wal.SegmentSummaryTest.SIZE;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgpitr.postgres.Fuzzing;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.WalSegmentName;

/** Whatever the bytes are: the declared exception or a result, soon, and never more memory than they take. */
@Timeout(120)
class WalFuzzTest {
    /** Nearly all records of {@link #wal} stand before it. */
    private static final int FRONT = 12_000;
    /** Of a segment's length: a summarizer has a buffer for a whole one. */
    private static final int BUFFERS = 3;

    private static final int[] MANAGERS = {
        RmgrId.XLOG, RmgrId.TRANSACTION, RmgrId.STORAGE, RmgrId.DATABASE, RmgrId.HEAP, RmgrId.HEAP2
    };

    static IntStream majors() {
        return IntStream.rangeClosed(13, 18);
    }

    private static WalWriter wal(int major) {
        WalWriter wal = SegmentSummaryTest.writer(major);
        wal.checkpoint(700);
        wal.create(700, ORDERS);
        for (int i = 0; i < 120; i++) {
            wal.row(RowChange.values()[i % 3], 700, ORDERS);
        }
        wal.multiInsert(700, ORDERS, 200);
        wal.truncate(700, ORDERS, 1);
        wal.commit(700, NOON, List.of(701L, 702L), List.of(ORDERS));
        wal.database(0x10, 703, 5);
        wal.restorePoint("a point", NOON);
        wal.abort(703, NOON);
        wal.fillToBefore(24);
        wal.commit(704, NOON);
        wal.switchSegment();
        return wal;
    }

    @ParameterizedTest
    @MethodSource("majors")
    void damaged_segments(int major) {
        List<byte[]> sound = wal(major).full();
        for (int i = 0; i < 2; i++) {
            WalSegmentName name = i == 0 ? FIRST : FIRST.next(SIZE);
            Fuzzing.of("segment " + i + " of " + major, sound.get(i))
                    .declaring(BrokenWalException.class)
                    .cases(250)
                    .damagedBy(WalFuzzTest::damagedInFront)
                    .atMost(128 << 10, BUFFERS)
                    .run(bytes -> {
                        SegmentSummarizer summarizer = new SegmentSummarizer(new PostgresMajor(major), SIZE);
                        check(summarizer.partial(name, new ByteArrayInputStream(bytes)));
                        check(summarizer.whole(name, new ByteArrayInputStream(bytes)));
                    });
        }
    }

    private static byte[] damagedInFront(byte[] segment, Random random) {
        byte[] damaged = segment.clone();
        for (int damage = random.nextInt(4); damage >= 0; damage--) {
            int at = random.nextInt(random.nextBoolean() ? FRONT : segment.length);
            damaged[at] = (byte) random.nextInt(256);
        }
        return damaged;
    }

    private static void check(SegmentSummary summary) {
        assertThat(SummaryFormat.parse(SummaryFormat.write(summary))).isEqualTo(summary);
    }

    /** As {@link #damaged_segments}, but the damage gets past the CRC. */
    @ParameterizedTest
    @MethodSource("majors")
    void records_that_lie(int major) {
        Fuzzing.of("lies of " + major, wal(major).full().get(0))
                .declaring(BrokenWalException.class)
                .cases(700)
                .damagedBy((sound, random) -> lying(major, random))
                .atMost(128 << 10, BUFFERS)
                .run(bytes -> SegmentSummaryTest.whole(major, FIRST, bytes));
    }

    private static byte[] lying(int major, Random random) {
        WalWriter wal = SegmentSummaryTest.writer(major);
        byte[] data = new byte[random.nextInt(120)];
        random.nextBytes(data);
        for (int i = 0; i < data.length; i++) {
            if (random.nextInt(3) > 0) {
                data[i] = 0;
            }
        }
        int manager = MANAGERS[random.nextInt(MANAGERS.length)];
        wal.record(manager, random.nextInt(256), 700, random.nextInt(4) == 0 ? data : WalWriter.main(data));
        return wal.segment(3);
    }

    @Test
    void summaries() {
        byte[] first = SummaryFormat.write(
                SegmentSummaryTest.whole(17, FIRST, wal(17).full().get(0)));
        byte[] second = SummaryFormat.write(
                SegmentSummaryTest.whole(17, FIRST.next(SIZE), wal(17).full().get(1)));
        Fuzzing.of("summary", first)
                .declaring(BrokenWalException.class)
                .declaring(InvalidFormatException.class)
                .run(bytes -> chain(SummaryFormat.parse(bytes), SummaryFormat.parse(second)));
        Fuzzing.of("next summary", second)
                .declaring(BrokenWalException.class)
                .declaring(InvalidFormatException.class)
                .run(bytes -> chain(SummaryFormat.parse(first), SummaryFormat.parse(bytes)));
    }

    private static void chain(SegmentSummary first, SegmentSummary second) {
        SummaryChain chain = new SummaryChain();
        chain.next(first);
        chain.next(second);
    }

    @Test
    void a_record_of_a_gigabyte_takes_no_memory_before_it_is_read() throws Exception {
        WalWriter wal = SegmentSummaryTest.writer(17);
        wal.filler(100, (byte) 1);
        byte[] segment = wal.segment(3);
        ByteBuffer.wrap(segment).order(ByteOrder.LITTLE_ENDIAN).putInt(40, 1 << 29);
        SegmentSummary summary =
                new SegmentSummarizer(new PostgresMajor(17), SIZE).partial(FIRST, new ByteArrayInputStream(segment));
        assertThat(summary.end()).isEqualTo(WalReader.End.OPEN);
    }
}
