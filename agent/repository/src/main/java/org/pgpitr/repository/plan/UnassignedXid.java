package org.pgpitr.repository.plan;

import java.util.List;
import java.util.Optional;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.postgres.wal.CheckpointAt;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.postgres.wal.SummaryChain;
import org.pgpitr.postgres.wal.TransactionEnd;
import org.pgpitr.postgres.wal.WalFacts;
import org.pgpitr.repository.index.IndexVisitor;
import org.pgpitr.repository.index.WalIndex;

/**
 * Where a transaction can't have ended yet: before the last checkpoint began at which its number was still to be assigned.
 * What a checkpoint tells holds for its beginning, minutes before its record perhaps, but behind the record of the
 * checkpoint before it. Skims the summaries up to a checkpoint at which the number was assigned, so that less WAL need be
 * read for it.
 */
final class UnassignedXid {
    private final long xid;
    private final WalIndex index;
    private Optional<Long> met = Optional.empty();
    private Optional<Long> wanted = Optional.empty();
    private Optional<TransactionEnd> last = Optional.empty();
    private Optional<TransactionEnd> lastBefore = Optional.empty();
    /** Where the checkpoint before stands. */
    private Optional<Long> before = Optional.empty();

    private Optional<TransactionEnd> lastBeforeThat = Optional.empty();

    /** @param xid 32 bits */
    UnassignedXid(long xid, WalIndex index) {
        this.xid = xid;
        this.index = index;
    }

    /**
     * Skims whole segments, up to one that tells nothing since it is broken or damaged: the search itself gets there or does
     * not.
     *
     * @return the last commit before {@link #firstWanted}, as far as it was met
     */
    Optional<TransactionEnd> skim(List<WalRange> wal, WalSegmentSize size) {
        Skimming skimming = new Skimming();
        for (WalRange range : wal) {
            if (range.form() == WalRange.Form.WHOLE && !skimming.over) {
                index.segments(
                        range.timeline(),
                        range.first().number(size),
                        range.last().number(size),
                        skimming);
            }
        }
        return lastBefore;
    }

    private final class Skimming implements IndexVisitor {
        private final SummaryChain chain = new SummaryChain();
        private boolean over;

        @Override
        public Next visit(SegmentSummary summary) {
            WalFacts facts;
            try {
                facts = chain.next(summary);
            } catch (BrokenWalException e) {
                return stop();
            }
            return take(summary.number(), facts) ? stop() : Next.CONTINUE;
        }

        @Override
        public Next broken(WalSegmentName segment, BrokenWalException why) {
            return stop();
        }

        @Override
        public Next damaged(WalSegmentName segment, PgpitrException why) {
            return stop();
        }

        private Next stop() {
            over = true;
            return Next.STOP;
        }
    }

    /** @return whether it was assigned at a checkpoint, and so at all that follow */
    private boolean take(long segment, WalFacts facts) {
        boolean assigned = false;
        for (CheckpointAt each : facts.checkpoints()) {
            if (StopRule.precedes(xid, each.nextXid() & 0xFFFF_FFFFL)) {
                assigned = true;
            } else {
                met = Optional.of(each.nextXid());
                wanted = before;
                lastBefore = lastBeforeThat;
            }
            before = Optional.of(segment);
            lastBeforeThat = last;
        }
        last = facts.transactions().last().or(() -> last);
        return assigned;
    }

    /** The next transaction, with its epoch, at the last checkpoint that was met at which it was still to be assigned. */
    Optional<Long> met() {
        return met;
    }

    /** The first segment that need be read; else what is given. */
    long firstWanted(long otherwise) {
        return wanted.orElse(otherwise);
    }
}
