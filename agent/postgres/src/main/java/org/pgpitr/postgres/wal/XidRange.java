package org.pgpitr.postgres.wal;

/**
 * The numbers of some transactions, 32 bits each, which go round: of any two the one is older that is less than 2^31
 * behind the other, as {@code TransactionIdPrecedes()} has it.
 *
 * @param oldest the first of them to get its number
 * @param newest the last one
 */
public record XidRange(long oldest, long newest) {
    /** Whether one transaction got its number before another. */
    public static boolean precedes(long xid, long other) {
        return (int) (xid - other) < 0;
    }

    XidRange and(XidRange other) {
        return new XidRange(
                precedes(other.oldest, oldest) ? other.oldest : oldest,
                precedes(newest, other.newest) ? other.newest : newest);
    }

    /** Whether a transaction may be among them. */
    public boolean contains(long xid) {
        return !precedes(xid, oldest) && !precedes(newest, xid);
    }
}
