package org.pgpitr.service.verify;

import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.WalSegmentSize;

/** Whether the heap holds what the workers need. */
final class Memory {
    private static final long MEGABYTE = 1 << 20;
    /** Three objects of a lane: one is read while two are on their way. */
    private static final long A_LANE = 54;
    /** Beside the segment: a record that goes on in the next one, and what decoding takes. */
    private static final long BESIDE_A_SEGMENT = 24;

    private static final long THE_REST = 64;

    private Memory() {}

    /** @throws PgpitrException USAGE if it does not */
    static void require(WalSegmentSize size, int workers) {
        require(size, workers, Runtime.getRuntime().maxMemory());
    }

    /** @param heap the most that Java may take, in bytes */
    static void require(WalSegmentSize size, int workers, long heap) {
        long worker = Math.max(A_LANE, size.bytes() / MEGABYTE + BESIDE_A_SEGMENT);
        long needed = THE_REST + workers * worker;
        if (heap / MEGABYTE < needed) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    workers + (workers == 1 ? " worker needs " : " workers need ") + needed
                            + " MB of heap for segments of " + size + ", and Java may take " + heap / MEGABYTE + " MB",
                    "take fewer workers, or set PGPITR_JAVA_OPTS=-Xmx" + needed * 5 / 4 + "m");
        }
    }
}
