package org.pgpitr.repository.plan;

import java.util.Optional;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.RestorePoint;
import org.pgpitr.postgres.wal.TransactionEnd;

/**
 * Where a recovery stops, as the WAL itself tells.
 *
 * @param replayedTo behind the last record that is replayed
 * @param read behind the last record that PostgreSQL must have read to stop
 * @param lastIncluded the last commit that is replayed or was in the backup's first segment; empty if there is none in the
 *     WAL that was looked at
 * @param firstLeftOut the first commit that is not; empty if none is archived, or if the WAL breaks before it
 * @param transaction the end of the transaction that was asked for; empty for other targets
 * @param restorePoint the one that was asked for; empty for other targets
 * @param again a later one of the same name, at which it does not stop
 * @param broken where the WAL behind the stop breaks, if what was still looked for was not met before
 */
public record RecoveryStop(
        Lsn replayedTo,
        Lsn read,
        Optional<TransactionEnd> lastIncluded,
        Optional<TransactionEnd> firstLeftOut,
        Optional<TransactionEnd> transaction,
        Optional<RestorePoint> restorePoint,
        Optional<RestorePoint> again,
        Optional<BrokenWal> broken) {
    /** Behind which no broken WAL was met. */
    public RecoveryStop(
            Lsn replayedTo,
            Lsn read,
            Optional<TransactionEnd> lastIncluded,
            Optional<TransactionEnd> firstLeftOut,
            Optional<TransactionEnd> transaction,
            Optional<RestorePoint> restorePoint,
            Optional<RestorePoint> again) {
        this(replayedTo, read, lastIncluded, firstLeftOut, transaction, restorePoint, again, Optional.empty());
    }

    RecoveryStop before(BrokenWal met) {
        return new RecoveryStop(
                replayedTo, read, lastIncluded, firstLeftOut, transaction, restorePoint, again, Optional.of(met));
    }

    RecoveryStop behind(Optional<TransactionEnd> commit) {
        return new RecoveryStop(replayedTo, read, commit, firstLeftOut, transaction, restorePoint, again, broken);
    }
}
