package org.pgpitr.postgres.wal;

import java.util.Optional;

/**
 * Which transactions run, as the server writes it every some seconds and with each checkpoint ({@code xl_running_xacts}
 * in {@code standbydefs.h}; the same in 13 to 18). Prepared ones count as running.
 *
 * @param nextXid the next transaction's number, 32 bits: it has written nothing yet
 * @param oldestRunning all transactions before it have ended, 32 bits
 */
public record RunningTransactions(long nextXid, long oldestRunning) {
    /**
     * Reads a record of {@link RmgrId#STANDBY}.
     *
     * @return empty for other kinds
     * @throws BrokenWalException if its data does not fit its kind
     */
    public static Optional<RunningTransactions> of(WalRecord record) {
        if ((record.info() & 0xF0) != 0x10) {
            return Optional.empty();
        }
        RecordData data = new RecordData(record);
        data.skip(12); // two counts, and whether subtransactions are left out
        return Optional.of(new RunningTransactions(data.uint32(), data.uint32()));
    }
}
