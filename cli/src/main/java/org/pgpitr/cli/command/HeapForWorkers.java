package org.pgpitr.cli.command;

import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.ClusterIdentity.Encryption;

/** Whether the heap that the launcher gave holds the buffers of as many workers. */
final class HeapForWorkers {
    private static final long MEGABYTE = 1 << 20;
    /** Three objects of a lane: one is filled while two are on their way. */
    private static final long A_WORKER = 54;

    /** And the encrypted copies of the two that are on their way. */
    private static final long AN_ENCRYPTING_WORKER = 86;

    private static final long THE_REST = 64;

    private HeapForWorkers() {}

    /**
     * @param encryption of the generation that the backup goes into
     * @param heap the most that Java may take, in bytes
     * @throws PgpitrException USAGE if it is too small
     */
    static void requireForBackup(int workers, Encryption encryption, long heap) {
        require(workers, encryption == Encryption.AGE ? AN_ENCRYPTING_WORKER : A_WORKER, heap);
    }

    /** As {@link #requireForBackup}; what is decrypted is held once. */
    static void requireForRestore(int workers, long heap) {
        require(workers, A_WORKER, heap);
    }

    private static void require(int workers, long aWorker, long heap) {
        long needed = THE_REST + workers * aWorker;
        if (heap / MEGABYTE < needed) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    workers + " workers need " + needed + " MB of heap, and Java may take " + heap / MEGABYTE + " MB",
                    "take fewer workers, or set PGPITR_JAVA_OPTS=-Xmx" + needed * 5 / 4 + "m");
        }
    }
}
