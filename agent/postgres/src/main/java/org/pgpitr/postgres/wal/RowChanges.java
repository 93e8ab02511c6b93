package org.pgpitr.postgres.wal;

import java.util.Optional;
import org.pgpitr.postgres.Lsn;

/**
 * How many rows one transaction, or subtransaction, changed in one relation, in one stretch of WAL.
 *
 * @param xid as the records have it, 32 bits: a subtransaction's own
 * @param relation the table's file
 * @param inserted rows
 * @param updated rows
 * @param deleted rows
 * @param first the start of its first record
 * @param last the start of its last record
 * @param end how it ended, where that is in the same stretch of WAL
 */
public record RowChanges(
        long xid,
        RelationLocator relation,
        long inserted,
        long updated,
        long deleted,
        Lsn first,
        Lsn last,
        Optional<TransactionEnd> end) {
    public long rows() {
        return inserted + updated + deleted;
    }
}
