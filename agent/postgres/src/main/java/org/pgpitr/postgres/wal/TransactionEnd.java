package org.pgpitr.postgres.wal;

import java.time.Instant;
import org.pgpitr.postgres.Lsn;

/**
 * A transaction's commit or abort, and where it is: {@code recovery_target_lsn = start}, inclusive, recovers up to and
 * with it; exclusive, up to just before it.
 *
 * @param outcome how it ended
 * @param xid of the top-level transaction, 32 bits
 * @param time by the server's clock; not always later than that of the record before it
 * @param start of its record
 * @param end behind its record
 */
public record TransactionEnd(Outcome outcome, long xid, Instant time, Lsn start, Lsn end) {
    /** How a transaction ends. */
    public enum Outcome {
        COMMITTED,
        ABORTED
    }

    public boolean isCommit() {
        return outcome == Outcome.COMMITTED;
    }
}
