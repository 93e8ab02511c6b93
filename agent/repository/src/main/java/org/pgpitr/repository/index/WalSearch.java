package org.pgpitr.repository.index;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RestorePoint;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.ControlRecord;
import org.pgpitr.postgres.wal.RmgrId;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.postgres.wal.SummaryChain;
import org.pgpitr.postgres.wal.TransactionEnd;
import org.pgpitr.postgres.wal.TransactionRecord;
import org.pgpitr.postgres.wal.WalFacts;
import org.pgpitr.postgres.wal.WalReader;
import org.pgpitr.postgres.wal.WalRecord;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.archive.WalArchive;

/**
 * Looks moments up along a path of WAL: whole segments, run by run, each run going on where the one before it ends, on
 * the same timeline or a later one. The index says in which segment to look, and the segment's WAL tells the rest.
 */
public final class WalSearch {
    private final WalArchive archive;
    private final WalIndex index;
    private final PostgresMajor major;
    private final WalSegmentSize size;

    public WalSearch(Generation generation, WalIndex index) {
        this.archive = new WalArchive(generation);
        this.index = index;
        this.major = generation.identity().major();
        this.size = generation.identity().segmentSize();
    }

    /**
     * The first restore point of that name.
     *
     * @param from restore points at or before it are not meant
     * @throws org.pgpitr.postgres.wal.BrokenWalException if the WAL is broken before there is one
     * @throws org.pgpitr.error.PgpitrException CORRUPT, NO_KEY
     */
    public Optional<RestorePoint> restorePoint(List<ArchivedWal.Run> path, Lsn from, String name) {
        List<RestorePoint> found = new ArrayList<>();
        Predicate<RestorePoint> meant =
                point -> point.name().equals(name) && point.lsn().isAfter(from);
        new Walk() {
            @Override
            boolean needsWal(WalFacts facts) {
                return facts.restorePoints().stream().noneMatch(meant)
                        && facts.cutShort().contains(WalFacts.Kind.RESTORE_POINTS);
            }

            @Override
            boolean take(WalFacts facts) {
                facts.restorePoints().stream().filter(meant).findFirst().ifPresent(found::add);
                return found.isEmpty();
            }

            @Override
            boolean take(WalRecord record) {
                if (record.resourceManager() == RmgrId.XLOG
                        && ControlRecord.of(record).orElse(null) instanceof ControlRecord.Named named
                        && meant.test(named.restorePoint())) {
                    found.add(named.restorePoint());
                }
                return found.isEmpty();
            }
        }.along(path);
        return found.stream().findFirst();
    }

    /**
     * Where a recovery to a time stops.
     *
     * @throws org.pgpitr.postgres.wal.BrokenWalException if the WAL is broken before it does
     * @throws org.pgpitr.error.PgpitrException CORRUPT, NO_KEY
     */
    public TimeStop stop(List<ArchivedWal.Run> path, RecoveryTarget.Time target) {
        TimeWalk walk = new TimeWalk(target);
        walk.along(path);
        return new TimeStop(walk.lastIncluded, walk.firstLeftOut);
    }

    private final class TimeWalk extends Walk {
        private final RecoveryTarget.Time target;
        private Optional<TransactionEnd> lastIncluded = Optional.empty();
        private Optional<TransactionEnd> firstLeftOut = Optional.empty();

        TimeWalk(RecoveryTarget.Time target) {
            this.target = target;
        }

        private boolean isLater(java.time.Instant time) {
            return target.bound() == RecoveryTarget.Bound.INCLUSIVE
                    ? time.isAfter(target.time())
                    : !time.isBefore(target.time());
        }

        @Override
        boolean needsWal(WalFacts facts) {
            return facts.transactions().latestEnd().filter(this::isLater).isPresent()
                    || facts.cutShort().contains(WalFacts.Kind.CROSSING_RECORDS);
        }

        @Override
        boolean take(WalFacts facts) {
            lastIncluded = facts.transactions().last().or(() -> lastIncluded);
            return true;
        }

        @Override
        boolean take(WalRecord record) {
            if (record.resourceManager() != RmgrId.TRANSACTION) {
                return true;
            }
            Optional<TransactionEnd> end = TransactionRecord.of(record, major).flatMap(t -> t.at(record));
            if (end.filter(e -> isLater(e.time())).isPresent()) {
                firstLeftOut = end;
                return false;
            }
            lastIncluded = end.filter(TransactionEnd::isCommit).or(() -> lastIncluded);
            return true;
        }
    }

    /** Goes along a path: by stretches, by segments where a stretch does not tell enough, by records at last. */
    private abstract class Walk {
        private final SummaryChain chain = new SummaryChain();
        private Optional<WalSegmentName> before = Optional.empty();
        private boolean goesOn = true;

        /** Whether these facts do not tell what is asked. */
        abstract boolean needsWal(WalFacts facts);

        /** Takes facts that do. @return whether to go on */
        abstract boolean take(WalFacts facts);

        /** Takes a record. @return whether to go on */
        abstract boolean take(WalRecord record);

        void along(List<ArchivedWal.Run> path) {
            for (ArchivedWal.Run run : path) {
                if (goesOn) {
                    index.stretches(run.timeline(), run.first(), run.last(), this::stretch);
                }
            }
        }

        private IndexVisitor.Next stretch(SegmentSummary summary) {
            WalFacts facts = chain.next(summary);
            if (!needsWal(facts)) {
                goesOn = take(facts);
            } else if (summary.segments() == 1) {
                read(summary.segment());
            } else {
                closer(summary);
            }
            before = Optional.of(
                    WalSegmentName.of(summary.segment().timeline(), summary.number() + summary.segments() - 1, size));
            return goesOn ? IndexVisitor.Next.CONTINUE : IndexVisitor.Next.STOP;
        }

        /** By groups where it was a block, by segments where it was a group. The crossing record is looked for in WAL. */
        private void closer(SegmentSummary summary) {
            SummaryChain within = new SummaryChain();
            long last = summary.number() + summary.segments() - 1;
            index.segments(summary.segment().timeline(), summary.number(), last, each -> {
                WalFacts facts = within.next(each);
                if (each.number() == summary.number() && !each.front().isEmpty() || needsWal(facts)) {
                    read(each.segment());
                } else {
                    goesOn = take(facts);
                }
                before = Optional.of(each.segment());
                return goesOn ? IndexVisitor.Next.CONTINUE : IndexVisitor.Next.STOP;
            });
        }

        /** Takes the records that end in a segment. */
        private void read(WalSegmentName segment) {
            WalReader reader = new WalReader(major, size);
            WalRecord record = new WalRecord();
            if (before.isPresent() && before.get().number(size) == segment.number(size) - 1) {
                reader.open(before.get(), archive.read(before.get()));
                while (reader.next(record)) {
                    // Only what goes on in the next one is wanted.
                }
            }
            reader.open(segment, archive.read(segment));
            while (goesOn && reader.next(record)) {
                goesOn = take(record);
            }
        }
    }
}
