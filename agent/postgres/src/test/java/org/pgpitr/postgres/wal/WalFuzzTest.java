package org.pgpitr.postgres.wal;

import static org.pgpitr.postgres.wal.SegmentSummaryTest.FIRST;
import static org.pgpitr.postgres.wal.SegmentSummaryTest.NOON;
import static org.pgpitr.postgres.wal.SegmentSummaryTest.ORDERS;
import static org.pgpitr.postgres.wal.SegmentSummaryTest.SIZE;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.WalSegmentName;

/** Whatever the bytes are: the declared exception or a result, soon, and never more memory than they take. */
@Timeout(120)
class WalFuzzTest {
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

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

    @Test
    void damaged_segments() throws Exception {
        List<List<byte[]>> sound =
                IntStream.rangeClosed(13, 18).mapToObj(m -> wal(m).full()).toList();
        for (int i = 0; i < 3000; i++) {
            int major = 13 + i % 6;
            byte[] segment = sound.get(i % 6).get(i / 6 % 2).clone();
            for (int damage = random.nextInt(4); damage >= 0; damage--) {
                // Nearly all of it is at the front.
                int at = random.nextInt(random.nextBoolean() ? 12_000 : segment.length);
                segment[at] = (byte) random.nextInt(256);
            }
            SegmentSummarizer summarizer = new SegmentSummarizer(new PostgresMajor(major), SIZE);
            WalSegmentName name = i / 6 % 2 == 0 ? FIRST : FIRST.next(SIZE);
            ByteArrayInputStream in = new ByteArrayInputStream(segment);
            try {
                SegmentSummary summary = i % 3 == 0 ? summarizer.partial(name, in) : summarizer.whole(name, in);
                SummaryFormat.parse(SummaryFormat.write(summary));
            } catch (BrokenWalException e) {
                // The declared one.
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", case " + i, e);
            }
        }
    }

    /** As {@link #damaged_segments}, but the damage gets past the CRC. */
    @Test
    void records_that_lie() throws Exception {
        for (int i = 0; i < 4000; i++) {
            int major = 13 + i % 6;
            WalWriter wal = SegmentSummaryTest.writer(major);
            byte[] data = new byte[random.nextInt(120)];
            random.nextBytes(data);
            for (int j = 0; j < data.length; j++) {
                if (random.nextInt(3) > 0) {
                    data[j] = 0;
                }
            }
            int[] managers = {
                RmgrId.XLOG, RmgrId.TRANSACTION, RmgrId.STORAGE, RmgrId.DATABASE, RmgrId.HEAP, RmgrId.HEAP2
            };
            int manager = managers[random.nextInt(managers.length)];
            wal.record(manager, random.nextInt(256), 700, random.nextInt(4) == 0 ? data : WalWriter.main(data));
            try {
                SegmentSummaryTest.whole(major, FIRST, wal.segment(3));
            } catch (BrokenWalException e) {
                // The declared one.
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", case " + i, e);
            }
        }
    }

    @Test
    void summaries() {
        byte[][] sound = {
            SummaryFormat.write(
                    SegmentSummaryTest.whole(17, FIRST, wal(17).full().get(0))),
            SummaryFormat.write(SegmentSummaryTest.whole(
                    17, FIRST.next(SIZE), wal(17).full().get(1)))
        };
        for (int i = 0; i < 50_000; i++) {
            byte[] damaged = sound[i % 2].clone();
            for (int damage = random.nextInt(4); damage >= 0; damage--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            if (random.nextInt(4) == 0) {
                damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length));
            }
            try {
                SegmentSummary read = SummaryFormat.parse(damaged);
                SummaryChain chain = new SummaryChain();
                chain.next(i % 2 == 0 ? read : SummaryFormat.parse(sound[0]));
                chain.next(i % 2 == 1 ? read : SummaryFormat.parse(sound[1]));
            } catch (BrokenWalException | InvalidFormatException e) {
                // The declared ones.
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", case " + i, e);
            }
        }
    }

    @Test
    void a_record_of_a_gigabyte_takes_no_memory_before_it_is_read() throws Exception {
        WalWriter wal = SegmentSummaryTest.writer(17);
        wal.filler(100, (byte) 1);
        byte[] segment = wal.segment(3);
        ByteBuffer.wrap(segment).order(ByteOrder.LITTLE_ENDIAN).putInt(40, 1 << 29);
        SegmentSummary summary =
                new SegmentSummarizer(new PostgresMajor(17), SIZE).partial(FIRST, new ByteArrayInputStream(segment));
        org.assertj.core.api.Assertions.assertThat(summary.end()).isEqualTo(WalReader.End.OPEN);
    }
}
