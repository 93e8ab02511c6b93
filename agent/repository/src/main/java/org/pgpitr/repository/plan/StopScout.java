package org.pgpitr.repository.plan;

import java.util.Optional;
import java.util.OptionalLong;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.RestorePoint;
import org.pgpitr.postgres.wal.RmgrId;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.postgres.wal.TransactionEnd;
import org.pgpitr.postgres.wal.TransactionRecord;
import org.pgpitr.postgres.wal.WalFacts;
import org.pgpitr.postgres.wal.WalRecord;
import org.pgpitr.repository.index.Scout;

/** Looks for the record at which a recovery stops, and for the commits on both sides of it. */
final class StopScout implements Scout {
    private final StopRule rule;
    private final Replay replay;
    private final PostgresMajor major;

    private Optional<TransactionEnd> lastIncluded;
    private Optional<TransactionEnd> firstLeftOut = Optional.empty();
    private Optional<TransactionEnd> transaction = Optional.empty();
    private Optional<RestorePoint> restorePoint = Optional.empty();
    private Optional<RestorePoint> again = Optional.empty();
    private OptionalLong topLevel = OptionalLong.empty();
    private Lsn replayedTo;
    private Lsn read;
    private boolean stopped;
    private boolean once;

    /** @param before the last commit before the WAL that it will be shown */
    StopScout(StopRule rule, Replay replay, PostgresMajor major, Optional<TransactionEnd> before) {
        this.rule = rule;
        this.replay = replay;
        this.major = major;
        this.lastIncluded = before;
    }

    /** Where the recovery stops; empty if it does not. */
    Optional<RecoveryStop> stop() {
        return stopped
                ? Optional.of(new RecoveryStop(
                        replayedTo, read, lastIncluded, firstLeftOut, transaction, restorePoint, again))
                : Optional.empty();
    }

    /** There is surely no other stop behind the first. */
    void stopsOnce() {
        once = true;
    }

    /** Whether nothing more is wanted. */
    boolean isOver() {
        return firstLeftOut.isPresent() && !isAgainWanted();
    }

    /** The last commit that was met before the stop. */
    Optional<TransactionEnd> lastIncluded() {
        return lastIncluded;
    }

    /** The transaction within which the one that was asked for ended; empty if no such was met. */
    OptionalLong topLevel() {
        return topLevel;
    }

    @Override
    public boolean needsRecords(SegmentSummary stretch, WalFacts facts) {
        return facts.cutShort().contains(WalFacts.Kind.CROSSING_RECORDS)
                || stretch.segmentEnd().isAfter(replay.to())
                || ((!stopped || isAgainWanted()) && rule.mayStop(stretch, facts));
    }

    @Override
    public Next take(SegmentSummary stretch, WalFacts facts) {
        if (!stopped) {
            lastIncluded = facts.transactions().last().or(() -> lastIncluded);
            return Next.CONTINUE;
        }
        return leftOut(facts.transactions().first());
    }

    @Override
    public Next take(WalRecord record) {
        if (record.end().isAfter(replay.to())) {
            return Next.STOP;
        }
        Optional<TransactionRecord> transactionRecord =
                record.resourceManager() == RmgrId.TRANSACTION ? TransactionRecord.of(record, major) : Optional.empty();
        Optional<TransactionEnd> end = transactionRecord.flatMap(t -> t.at(record));
        Optional<TransactionEnd> commit = end.filter(TransactionEnd::isCommit);
        if (stopped) {
            if (isAgainWanted() && rule.verdict(record, end) == StopRule.Verdict.STOP_AFTER) {
                again = StopRule.restorePoint(record);
            }
            return leftOut(commit);
        }
        if (record.start().isBefore(replay.from())) {
            lastIncluded = commit.or(() -> lastIncluded);
            return Next.CONTINUE;
        }
        Optional<TransactionRecord> outer = transactionRecord.filter(rule::isInside);
        if (outer.isPresent()) {
            topLevel = OptionalLong.of(outer.get().xid());
            return Next.STOP;
        }
        StopRule.Verdict verdict = rule.verdict(record, end);
        if (verdict == StopRule.Verdict.STOP_BEFORE) {
            stopAt(record, record.start());
            transaction = end;
            return leftOut(commit);
        }
        lastIncluded = commit.or(() -> lastIncluded);
        if (verdict == StopRule.Verdict.STOP_AFTER) {
            stopAt(record, record.end());
            transaction = end;
            restorePoint = StopRule.restorePoint(record);
        }
        return verdict == StopRule.Verdict.HOPELESS ? Next.STOP : Next.CONTINUE;
    }

    private boolean isAgainWanted() {
        return stopped && !once && rule.mayRecur() && again.isEmpty();
    }

    private void stopAt(WalRecord record, Lsn behind) {
        stopped = true;
        replayedTo = behind;
        read = record.end();
    }

    private Next leftOut(Optional<TransactionEnd> commit) {
        firstLeftOut = firstLeftOut.or(() -> commit);
        return isOver() ? Next.STOP : Next.CONTINUE;
    }
}
