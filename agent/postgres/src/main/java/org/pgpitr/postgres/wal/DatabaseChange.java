package org.pgpitr.postgres.wal;

import java.util.Optional;
import org.pgpitr.postgres.Lsn;

/**
 * A database that came or went ({@code dbcommands_xlog.h}).
 *
 * @param kind what happened
 * @param database its OID
 * @param xid of the transaction, 32 bits
 * @param lsn the start of the record
 * @param end how the transaction ended, where that is in the same stretch of WAL
 */
public record DatabaseChange(Kind kind, long database, long xid, Lsn lsn, Optional<TransactionEnd> end) {
    /** What happens to a database. */
    public enum Kind {
        /** By copying its files, the only strategy before 15. */
        CREATED_FILE_COPY,
        /** Block by block through the WAL. */
        CREATED_WAL_LOG,
        DROPPED
    }
}
