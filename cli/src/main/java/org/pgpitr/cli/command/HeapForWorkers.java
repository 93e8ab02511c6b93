package org.pgpitr.cli.command;

import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;

/** Whether the heap that the launcher gave holds the buffers of as many workers. */
final class HeapForWorkers {
    private static final long MEGABYTE = 1 << 20;
    /** Three objects of a lane: one is filled while two are on their way. */
    private static final long A_WORKER = 54;

    private static final long THE_REST = 64;

    private HeapForWorkers() {}

    /**
     * @param heap the most that Java may take, in bytes
     * @throws PgpitrException USAGE if it is too small
     */
    static void require(int workers, long heap) {
        long needed = THE_REST + workers * A_WORKER;
        if (heap / MEGABYTE < needed) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    workers + " workers need " + needed + " MB of heap, and Java may take " + heap / MEGABYTE + " MB",
                    "take fewer workers, or set PGPITR_JAVA_OPTS=-Xmx" + needed * 5 / 4 + "m");
        }
    }
}
