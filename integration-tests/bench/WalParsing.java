package org.pgpitr.bench;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.RelationLocator;
import org.pgpitr.postgres.wal.RowChange;
import org.pgpitr.postgres.wal.SegmentSummarizer;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.postgres.wal.WalWriter;

/** Summaries of segments of 16 MB: throughput is segments a second, so 62.5 are 1 GB/s. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class WalParsing {
    private static final WalSegmentSize SIZE = WalSegmentSize.DEFAULT;
    private static final WalSegmentName NAME = WalSegmentName.parse("000000010000000000000003");
    private static final PostgresMajor MAJOR = new PostgresMajor(17);

    /** Short records alone; a page image every 20 transactions, as a loaded server writes; images mostly. */
    @Param({"small", "typical", "images"})
    public String records;

    private byte[] segment;

    @Setup
    public void write() {
        WalWriter wal = new WalWriter(MAJOR, SIZE, new SystemIdentifier(7312345678901234567L), NAME);
        Random random = new Random(1);
        byte[] image = new byte[6000];
        random.nextBytes(image);
        Instant time = Instant.parse("2026-11-20T12:00:00Z");
        int imageEvery = records.equals("small") ? Integer.MAX_VALUE : records.equals("typical") ? 20 : 1;
        for (long xid = 700; NAME.end(SIZE).minus(wal.position()) > 20_000; xid++) {
            for (int i = 0; i < 4; i++) {
                RelationLocator relation = new RelationLocator(1663, 5, 16_384 + random.nextInt(20));
                wal.row(RowChange.values()[i % 3], xid, relation);
                wal.record(11, 0, xid, WalWriter.main(new byte[60 + random.nextInt(100)]));
            }
            if (xid % imageEvery == 0) {
                wal.filler(image);
            }
            wal.commit(xid, time.plusMillis(xid));
        }
        wal.switchSegment();
        segment = wal.full().get(0);
    }

    @Benchmark
    public SegmentSummary summary() throws IOException {
        return new SegmentSummarizer(MAJOR, SIZE).whole(NAME, new ByteArrayInputStream(segment));
    }
}
