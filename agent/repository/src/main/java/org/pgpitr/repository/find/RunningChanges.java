package org.pgpitr.repository.find;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.pgpitr.postgres.wal.RunningTransactions;
import org.pgpitr.postgres.wal.TransactionRecord;

/**
 * What transactions have done that have not ended yet, by their numbers. Those whose end the WAL does not tell, since the
 * server crashed, are forgotten as soon as it says which ones run.
 */
final class RunningChanges {
    private final Map<Long, Changes> running = new HashMap<>();
    private final Set<Long> prepared = new HashSet<>();
    /** Transactions from this number on have begun in the WAL that was read. */
    private OptionalLong wholeFrom = OptionalLong.empty();

    private long lastXid = -1;
    private Changes last = new Changes();

    Changes of(long xid) {
        if (xid == 0) {
            return new Changes();
        }
        if (xid != lastXid) {
            last = running.computeIfAbsent(xid, each -> new Changes());
            lastXid = xid;
        }
        return last;
    }

    /** Whether it is known which transactions have begun before the WAL that was read. */
    boolean knowsBeginning() {
        return wholeFrom.isPresent();
    }

    /** Whether all of a transaction was read. */
    boolean isWhole(long xid) {
        return wholeFrom.isPresent() && !precedes(xid, wholeFrom.getAsLong());
    }

    /** {@code TransactionIdPrecedes()}: numbers of 32 bits go round. */
    private static boolean precedes(long a, long b) {
        return (int) (a - b) < 0;
    }

    void prepare(long xid) {
        prepared.add(xid);
    }

    boolean hasPrepared() {
        return !prepared.isEmpty();
    }

    /** A transaction has ended: what it did, with its subtransactions. */
    Changes end(TransactionRecord record) {
        lastXid = -1;
        prepared.remove(record.xid());
        Changes changes = running.remove(record.xid());
        if (changes == null) {
            changes = new Changes();
        }
        for (Long sub : record.subtransactions()) {
            Changes theirs = running.remove(sub);
            if (theirs != null) {
                changes.add(theirs);
            }
        }
        changes.mayBePartial |= !isWhole(record.xid());
        return changes;
    }

    void running(RunningTransactions told) {
        lastXid = -1;
        running.keySet().removeIf(xid -> precedes(xid, told.oldestRunning()));
        if (wholeFrom.isEmpty()) {
            wholeFrom = OptionalLong.of(told.nextXid());
        }
    }

    /** The server went down, orderly or not: only prepared transactions go on. Their subtransactions stay with them. */
    void restarted() {
        if (prepared.isEmpty()) {
            lastXid = -1;
            running.clear();
        }
    }

    /** WAL is missing here. */
    void gap() {
        lastXid = -1;
        wholeFrom = OptionalLong.empty();
        running.values().forEach(changes -> changes.mayBePartial = true);
    }
}
