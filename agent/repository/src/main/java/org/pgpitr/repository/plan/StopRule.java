package org.pgpitr.repository.plan;

import java.util.Optional;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTarget.Bound;
import org.pgpitr.postgres.RestorePoint;
import org.pgpitr.postgres.wal.ControlRecord;
import org.pgpitr.postgres.wal.RmgrId;
import org.pgpitr.postgres.wal.RunningTransactions;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.postgres.wal.TransactionEnd;
import org.pgpitr.postgres.wal.TransactionRecord;
import org.pgpitr.postgres.wal.WalFacts;
import org.pgpitr.postgres.wal.WalRecord;

/**
 * At which record PostgreSQL stops, for one kind of target ({@code recoveryStopsBefore()} and {@code
 * recoveryStopsAfter()} in {@code xlogrecovery.c}).
 */
interface StopRule {
    /** What a record does to the recovery. */
    enum Verdict {
        GO_ON,
        STOP_BEFORE,
        STOP_AFTER,
        /** The recovery goes on, and surely nothing behind it stops it. */
        HOPELESS
    }

    /** Whether one of a stretch's records may stop it, as far as the stretch tells. */
    boolean mayStop(SegmentSummary stretch, WalFacts facts);

    /** @param end of a transaction, if the record is one */
    Verdict verdict(WalRecord record, Optional<TransactionEnd> end);

    /** Whether the transaction that is asked for ended within this one: nothing stops there, nor behind it. */
    default boolean isInside(TransactionRecord transaction) {
        return false;
    }

    /** Whether there may be another stop behind the first, which the user should know of. */
    default boolean mayRecur() {
        return false;
    }

    /** The rule of a target that stops a recovery; a recovery to the end of the WAL is stopped by nothing. */
    static StopRule of(RecoveryTarget target, Replay replay) {
        if (target instanceof RecoveryTarget.Time time) {
            return new AtTime(time);
        }
        if (target instanceof RecoveryTarget.Xid xid) {
            return new AtTransaction(xid.xid() & 0xFFFF_FFFFL, xid.bound());
        }
        if (target instanceof RecoveryTarget.AtLsn lsn) {
            return new AtPosition(lsn.lsn(), lsn.bound());
        }
        if (target instanceof RecoveryTarget.Name name) {
            return new AtRestorePoint(name.restorePoint());
        }
        return target instanceof RecoveryTarget.Immediate ? new Consistent(replay.consistent()) : new Never();
    }

    private static Verdict stop(Bound bound) {
        return bound == Bound.INCLUSIVE ? Verdict.STOP_AFTER : Verdict.STOP_BEFORE;
    }

    /** Before the first end of a transaction that is later, or not earlier. */
    record AtTime(RecoveryTarget.Time target) implements StopRule {
        private boolean isLater(java.time.Instant time) {
            return target.bound() == Bound.INCLUSIVE ? time.isAfter(target.time()) : !time.isBefore(target.time());
        }

        @Override
        public boolean mayStop(SegmentSummary stretch, WalFacts facts) {
            return facts.transactions().latestEnd().filter(this::isLater).isPresent();
        }

        @Override
        public Verdict verdict(WalRecord record, Optional<TransactionEnd> end) {
            return end.filter(e -> isLater(e.time())).isPresent() ? Verdict.STOP_BEFORE : Verdict.GO_ON;
        }
    }

    /**
     * At the transaction's commit or abort. Which ones run is written now and then: that tells that it had ended. Which
     * transactions committed a stretch tells, and that of a subtransaction too; of those that aborted, how many.
     */
    record AtTransaction(long xid, Bound bound) implements StopRule {
        @Override
        public boolean mayStop(SegmentSummary stretch, WalFacts facts) {
            return facts.transactions().aborts() > 0
                    || facts.transactions()
                            .committed()
                            .filter(committed -> committed.contains(xid))
                            .isPresent();
        }

        @Override
        public Verdict verdict(WalRecord record, Optional<TransactionEnd> end) {
            if (end.isPresent()) {
                return end.get().xid() == xid ? stop(bound) : Verdict.GO_ON;
            }
            boolean ended = record.resourceManager() == RmgrId.STANDBY
                    && RunningTransactions.of(record)
                            .filter(running -> precedes(xid, running.oldestRunning()))
                            .isPresent();
            return ended ? Verdict.HOPELESS : Verdict.GO_ON;
        }

        @Override
        public boolean isInside(TransactionRecord transaction) {
            return transaction.kind() != TransactionRecord.Kind.PREPARE
                    && transaction.subtransactions().contains(xid);
        }
    }

    /** Whether a transaction's number comes before another's ({@code TransactionIdPrecedes()} in {@code transam.c}). */
    static boolean precedes(long xid, long other) {
        return (int) (xid - other) < 0;
    }

    /** At the first record that begins there or later. */
    record AtPosition(Lsn lsn, Bound bound) implements StopRule {
        @Override
        public boolean mayStop(SegmentSummary stretch, WalFacts facts) {
            return stretch.segmentEnd().isAfter(lsn);
        }

        @Override
        public Verdict verdict(WalRecord record, Optional<TransactionEnd> end) {
            return record.start().isBefore(lsn) ? Verdict.GO_ON : stop(bound);
        }
    }

    /** Behind the first restore point of that name. */
    record AtRestorePoint(String name) implements StopRule {
        @Override
        public boolean mayStop(SegmentSummary stretch, WalFacts facts) {
            return facts.cutShort().contains(WalFacts.Kind.RESTORE_POINTS)
                    || facts.restorePoints().stream()
                            .anyMatch(point -> point.name().equals(name));
        }

        @Override
        public Verdict verdict(WalRecord record, Optional<TransactionEnd> end) {
            return restorePoint(record).filter(p -> p.name().equals(name)).isPresent()
                    ? Verdict.STOP_AFTER
                    : Verdict.GO_ON;
        }

        @Override
        public boolean mayRecur() {
            return true;
        }
    }

    /** The restore point that a record makes, if it does. */
    static Optional<RestorePoint> restorePoint(WalRecord record) {
        return record.resourceManager() == RmgrId.XLOG
                        && ControlRecord.of(record).orElse(null) instanceof ControlRecord.Named named
                ? Optional.of(named.restorePoint())
                : Optional.empty();
    }

    /** Behind the record with which the backup is whole. */
    record Consistent(Lsn lsn) implements StopRule {
        @Override
        public boolean mayStop(SegmentSummary stretch, WalFacts facts) {
            return !stretch.segmentEnd().isBefore(lsn);
        }

        @Override
        public Verdict verdict(WalRecord record, Optional<TransactionEnd> end) {
            return record.end().isBefore(lsn) ? Verdict.GO_ON : Verdict.STOP_AFTER;
        }
    }

    /** At nothing. */
    record Never() implements StopRule {
        @Override
        public boolean mayStop(SegmentSummary stretch, WalFacts facts) {
            return false;
        }

        @Override
        public Verdict verdict(WalRecord record, Optional<TransactionEnd> end) {
            return Verdict.GO_ON;
        }
    }
}
