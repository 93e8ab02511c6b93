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

/**
 * Where surely no recovery stops, by what stretches tell. When a target is searched from one older backup after another, all
 * WAL before the newest is skimmed at once, instead of one piece behind the other. Not for use by several threads.
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

    private record Key(StopRule rule, TimelineId timeline) {}

    private final WalIndex index;
    private final ArchivedWal wal;
    private final WalSegmentSize size;
    private final Map<Key, Skimmed> known = new HashMap<>();

    StoplessWal(WalIndex index, ArchivedWal wal, WalSegmentSize size) {
        this.index = index;
        this.wal = wal;
        this.size = size;
    }

    /** Whether nothing in this range stops a recovery, and its summaries hang together. */
    boolean holds(WalRange range, StopRule rule) {
        if (range.form() != WalRange.Form.WHOLE) {
            return false;
        }
        long first = range.first().number(size);
        long last = range.last().number(size);
        Key key = new Key(rule, range.timeline());
        Skimmed skimmed = known.get(key);
        if (skimmed == null || first < skimmed.first() || last > skimmed.last()) {
            skimmed = skim(range.timeline(), first, last, rule);
            known.put(key, skimmed);
        }
        return skimmed.isStopless(first, last);
    }

    /** Back to the beginning of the segments without a gap. */
    private Skimmed skim(TimelineId timeline, long first, long last, StopRule rule) {
        long begin = wal.runs(timeline).stream()
                .filter(run -> run.first() <= first && first <= run.last())
                .mapToLong(ArchivedWal.Run::first)
                .findFirst()
                .orElse(first);
        Skimmed skimmed = new Skimmed(begin, last, new TreeMap<>());
        Skimming skimming = new Skimming(rule, begin, skimmed.doubtful());
        index.stretches(timeline, begin, last, skimming);
        skimming.untold(last + 1);
        return skimmed;
    }

    private final class Skimming implements IndexVisitor {
        private final StopRule rule;
        private final NavigableMap<Long, Long> doubtful;
        private final SummaryChain chain = new SummaryChain();
        private long next;

        Skimming(StopRule rule, long first, NavigableMap<Long, Long> doubtful) {
            this.rule = rule;
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
                            !told.cutShort().contains(WalFacts.Kind.CROSSING_RECORDS) && !rule.mayStop(summary, told))
                    .isPresent();
            untold(summary.number());
            next = summary.number() + summary.segments();
            if (!stopless) {
                doubtful.put(summary.number(), next - 1);
            }
            return Next.CONTINUE;
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
