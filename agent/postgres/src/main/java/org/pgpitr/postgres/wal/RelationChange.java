package org.pgpitr.postgres.wal;

import java.util.Optional;
import org.pgpitr.postgres.Lsn;

/**
 * A relation's main fork that came, went or was cut; of an unlogged one the initialization fork that came. {@code DROP
 * TABLE} drops; {@code TRUNCATE}, {@code VACUUM FULL} and other rewrites create one and drop another in the same
 * transaction; {@code VACUUM} cuts empty ends off.
 *
 * @param kind what happened
 * @param relation whose file
 * @param xid of the transaction or subtransaction that wrote it, 32 bits; 0 if none
 * @param blocks what is left of a truncated one; 0 for others
 * @param lsn the start of the record
 * @param end how the transaction ended, where that is in the same stretch of WAL; a drop has it always
 */
public record RelationChange(
        Kind kind, RelationLocator relation, long xid, long blocks, Lsn lsn, Optional<TransactionEnd> end) {
    /** What happens to a file. */
    public enum Kind {
        CREATED,
        DROPPED,
        TRUNCATED
    }
}
