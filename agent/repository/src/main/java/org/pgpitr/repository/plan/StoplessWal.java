package org.pgpitr.repository.plan;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.postgres.wal.SummaryChain;
import org.pgpitr.postgres.wal.WalFacts;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.index.IndexVisitor;
import org.pgpitr.repository.index.WalIndex;
import org.pgpitr.storage.StorageException;

/**
 * Where surely no recovery stops, by what stretches tell. When a target is searched from one older backup after another, ever
 * more of the WAL before the newest is skimmed at once, instead of one piece behind the other. Not for use by several
 * threads.
 */
final class StoplessWal {
    private record Skimmed(long first, long last, NavigableMap<Long, Long> doubtful) {
        boolean isStopless(long from, long to) {
            if (from < first || to > last) {
                return false;
            }
            Map.Entry<Long, Long> before = doubtful.floorEntry(to);
            return before == null || before.getValue() < from;
        }
    }

    private record Key(StopRule rule, Optional<Long> stillToBegin, TimelineId timeline) {}

    /** By how much more is skimmed than was asked for, and than was before. */
    private static final int LARGER = 8;

    private final WalIndex index;
    private final ArchivedWal wal;
    private final WalSegmentSize size;
    private final Map<Key, Skimmed> known = new HashMap<>();

    StoplessWal(WalIndex index, ArchivedWal wal, WalSegmentSize size) {
        this.index = index;
        this.wal = wal;
        this.size = size;
    }

    /**
     * Whether nothing in this range stops a recovery, and its summaries hang together.
     *
     * @param stillToBegin the next transaction, with its epoch, somewhere behind, when the one that the rule looks for had
     *     still to begin, if that is known
     */
    boolean holds(WalRange range, StopRule rule, Optional<Long> stillToBegin) {
        if (range.form() != WalRange.Form.WHOLE) {
            return false;
        }
        long first = range.first().number(size);
        long last = range.last().number(size);
        Key key = new Key(rule, stillToBegin, range.timeline());
        Skimmed skimmed = known.get(key);
        if (skimmed == null || first < skimmed.first() || last > skimmed.last()) {
            long length = Math.max(last - first, skimmed == null ? 0 : skimmed.last() - skimmed.first()) + 1;
            skimmed = skimBefore(key, first, last, length * LARGER);
            known.put(key, skimmed);
        }
        return skimmed.isStopless(first, last);
    }

    /** What was not asked for, and can't be read, is not looked at: nothing depends on it yet. */
    private Skimmed skimBefore(Key key, long first, long last, long more) {
        long begin = wal.runs(key.timeline()).stream()
                .filter(run -> run.first() <= first && first <= run.last())
                .mapToLong(run -> Math.max(run.first(), first - more))
                .findFirst()
                .orElse(first);
        try {
            return skim(key, begin, last);
        } catch (PgpitrException | StorageException e) {
            if (begin == first || isInterrupted(e)) {
                throw e;
            }
            return skim(key, first, last);
        }
    }

    private static boolean isInterrupted(RuntimeException e) {
        return e instanceof StorageException storage && storage.kind() == StorageException.Kind.INTERRUPTED;
    }

    private Skimmed skim(Key key, long begin, long last) {
        Skimmed skimmed = new Skimmed(begin, last, new TreeMap<>());
        Skimming skimming = new Skimming(key, begin, skimmed.doubtful());
        index.stretches(key.timeline(), begin, last, skimming);
        skimming.untold(last + 1);
        return skimmed;
    }

    private final class Skimming implements IndexVisitor {
        /** One of the same number began 2^31 numbers before at the latest; it may have run for half as many. */
        private static final long BEHIND_THE_SAME = 1L << 30;

        private final StopRule rule;
        private final Optional<Long> stillToBegin;
        private final NavigableMap<Long, Long> doubtful;
        private final SummaryChain chain = new SummaryChain();
        private long next;
        /** Whether a checkpoint lies before, from which on the transaction that is looked for is the only one of its number. */
        private boolean isAlone;

        Skimming(Key key, long first, NavigableMap<Long, Long> doubtful) {
            this.rule = key.rule();
            this.stillToBegin = key.stillToBegin();
            this.next = first;
            this.doubtful = doubtful;
        }

        @Override
        public Next visit(SegmentSummary summary) {
            Optional<WalFacts> facts;
            try {
                facts = Optional.of(chain.next(summary));
            } catch (BrokenWalException e) {
                facts = Optional.empty();
            }
            boolean stopless = facts.filter(told ->
                            !told.cutShort().contains(WalFacts.Kind.CROSSING_RECORDS) && !mayStop(summary, told))
                    .isPresent();
            untold(summary.number());
            next = summary.number() + summary.segments();
            if (!stopless) {
                doubtful.put(summary.number(), next - 1);
            }
            return Next.CONTINUE;
        }

        private boolean mayStop(SegmentSummary summary, WalFacts facts) {
            boolean before = isAlone;
            isAlone |= stillToBegin.isPresent()
                    && facts.checkpoints().stream().anyMatch(at -> stillToBegin.get() - at.nextXid() < BEHIND_THE_SAME);
            return !before && rule.mayStop(summary, facts);
        }

        @Override
        public Next broken(WalSegmentName segment, BrokenWalException why) {
            return doubtful(segment);
        }

        @Override
        public Next damaged(WalSegmentName segment, PgpitrException why) {
            return doubtful(segment);
        }

        private Next doubtful(WalSegmentName segment) {
            untold(segment.number(size) + 1);
            return Next.CONTINUE;
        }

        /** Nothing was told of the segments up to this one. */
        void untold(long behind) {
            if (next < behind) {
                doubtful.put(next, behind - 1);
                next = behind;
            }
        }
    }
}
