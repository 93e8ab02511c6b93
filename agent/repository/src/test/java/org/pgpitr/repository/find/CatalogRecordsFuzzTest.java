package org.pgpitr.repository.find;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgpitr.postgres.Fuzzing;
import org.pgpitr.postgres.Mutations;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.postgres.wal.RmgrId;
import org.pgpitr.postgres.wal.WalReader;
import org.pgpitr.postgres.wal.WalRecord;
import org.pgpitr.postgres.wal.WalWriter;
import org.pgpitr.repository.archive.WalFiles;

/** Records of catalogs whose CRC is right and whose rows are anything. */
@Timeout(120)
class CatalogRecordsFuzzTest {
    private static final WalSegmentSize SIZE = new WalSegmentSize(1 << 20);
    private static final WalSegmentName FIRST = WalSegmentName.of(TimelineId.FIRST, 3, SIZE);
    private static final long[] CATALOGS = {1259, 1262, 2610, 2615};
    /** Insert, delete, update, hot update, in place. */
    private static final int[] OPERATIONS = {0x00, 0x10, 0x20, 0x40, 0x70};

    /** A whole row of {@code pg_class}, behind {@code xl_heap_header} and the padding. */
    private static byte[] row(String name) {
        ByteBuffer row = ByteBuffer.allocate(14 + 160).order(ByteOrder.LITTLE_ENDIAN);
        row.put(4, (byte) 32).position(14);
        row.putInt(16387).put(name.getBytes(StandardCharsets.UTF_8));
        row.putInt(14 + 68, 2200).putInt(14 + 88, 16390);
        row.put(14 + 115, (byte) 't').put(14 + 119, (byte) 't');
        return row.array();
    }

    private static byte[] segment(int major, long catalog, int operation, byte[] data, byte[] main) {
        WalWriter wal = new WalWriter(new PostgresMajor(major), SIZE, WalFiles.CLUSTER, FIRST);
        ByteBuffer record = ByteBuffer.allocate(22 + data.length + main.length).order(ByteOrder.LITTLE_ENDIAN);
        record.put((byte) 0).put((byte) (data.length > 0 ? 0x20 : 0)).putShort((short) data.length);
        record.putInt(1663).putInt(5).putInt((int) catalog).putInt(0);
        record.put((byte) 255).put((byte) main.length).put(data).put(main);
        wal.record(RmgrId.HEAP, operation, 700, record.array());
        return wal.segment(3);
    }

    private static byte[] lying(int major, Random random) {
        List<String> names = List.of("orders", "pg_temp_16384", "pg_toast_16387", "pg_temp_99999999999999999999");
        byte[] data = Mutations.of(row(names.get(random.nextInt(names.size()))), random);
        byte[] main = new byte[random.nextInt(20)];
        random.nextBytes(main);
        if (main.length > 7) {
            main[7] = (byte) (random.nextInt(4) << 5);
        }
        return segment(major, CATALOGS[random.nextInt(4)], OPERATIONS[random.nextInt(OPERATIONS.length)], data, main);
    }

    @ParameterizedTest
    @ValueSource(ints = {13, 15, 18})
    void rows_that_lie_are_learned_or_refused_as_broken(int major) {
        Fuzzing.of("catalogs of " + major, segment(major, 1259, 0x00, row("orders"), new byte[3]))
                .declaring(BrokenWalException.class)
                .cases(3_000)
                .damagedBy((good, random) -> lying(major, random))
                .atMost(256 << 10, 0)
                .run(bytes -> {
                    WalReader reader = new WalReader(new PostgresMajor(major), SIZE);
                    reader.open(FIRST, bytes);
                    WalRecord record = new WalRecord();
                    assertThat(reader.next(record)).isTrue();
                    Names names = new Names(List.of(), (database, relation) -> {});
                    new CatalogRecords(new PostgresMajor(major), names)
                            .read(record, record.block(0), record.block(0).relation(), new Changes());
                });
    }
}
