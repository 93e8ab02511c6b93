package org.pgpitr.postgres.wal;

import java.time.Instant;
import java.util.Optional;

/**
 * The ends of all transactions in a stretch of WAL. A recovery to a time stops at the first end, commit or abort, in the
 * WAL's order, that is later; so the latest time of a stretch tells whether it stops there.
 *
 * @param commits how many
 * @param aborts how many
 * @param first the first commit, in the WAL's order
 * @param last the last commit, in the WAL's order
 * @param earliestCommit the least time of a commit
 * @param latestCommit the greatest time of a commit
 * @param latestEnd the greatest time of a commit or abort
 * @param committed the transactions that committed, and their subtransactions
 * @param newestWriter the newest transaction of which there is a record; records of older ones, or of its own, may be in
 *     earlier stretches
 */
public record TransactionTotals(
        long commits,
        long aborts,
        Optional<TransactionEnd> first,
        Optional<TransactionEnd> last,
        Optional<Instant> earliestCommit,
        Optional<Instant> latestCommit,
        Optional<Instant> latestEnd,
        Optional<XidRange> committed,
        Optional<Long> newestWriter) {
    public static final TransactionTotals NONE = new TransactionTotals(
            0,
            0,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    /** Of this stretch and the one that follows it. */
    public TransactionTotals and(TransactionTotals later) {
        return new TransactionTotals(
                commits + later.commits,
                aborts + later.aborts,
                first.or(later::first),
                later.last.or(this::last),
                earliest(earliestCommit, later.earliestCommit),
                latest(latestCommit, later.latestCommit),
                latest(latestEnd, later.latestEnd),
                committed.isPresent() && later.committed.isPresent()
                        ? Optional.of(committed.get().and(later.committed.get()))
                        : committed.or(later::committed),
                newest(newestWriter, later.newestWriter));
    }

    private static Optional<Long> newest(Optional<Long> a, Optional<Long> b) {
        return a.isEmpty() || (b.isPresent() && XidRange.precedes(a.get(), b.get())) ? b : a;
    }

    private static Optional<Instant> earliest(Optional<Instant> a, Optional<Instant> b) {
        return a.isEmpty() || (b.isPresent() && b.get().isBefore(a.get())) ? b : a;
    }

    private static Optional<Instant> latest(Optional<Instant> a, Optional<Instant> b) {
        return a.isEmpty() || (b.isPresent() && b.get().isAfter(a.get())) ? b : a;
    }
}
