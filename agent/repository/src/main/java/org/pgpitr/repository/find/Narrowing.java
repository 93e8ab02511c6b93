package org.pgpitr.repository.find;

import java.time.Instant;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PartialSegmentName;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.postgres.wal.SummaryChain;
import org.pgpitr.postgres.wal.TransactionTotals;
import org.pgpitr.postgres.wal.WalFacts;
import org.pgpitr.postgres.wal.XidRange;
import org.pgpitr.repository.find.SearchFilter.Kind;
import org.pgpitr.repository.index.IndexVisitor;
import org.pgpitr.repository.index.WalIndex;

/**
 * Finds out from summaries which segments a search has to read, so that it finds what it would find if it read all:
 *
 * <ul>
 *   <li>those in which a wanted commit may end, or a wanted restore point stands;
 *   <li>before them, those that a transaction which ends there may have written to: where there are records of none as
 *       new, there are none of it either;
 *   <li>those that tell of relations and their names, which later commits are told by;
 *   <li>if rows are counted, those in which a transaction ends that may have begun before what is read;
 *   <li>those on the edge of the range, and those of which the index does not tell.
 * </ul>
 */
final class Narrowing {
    private static final long NO_XID = -1;

    private final ArchivedPath path;
    private final int from;
    private final int behind;
    private final SearchRange range;
    private final SearchFilter filter;
    private final WalSegmentSize size;
    private final ReadingPlan plan;

    /** By place, from {@link #from} on. */
    private final long[] oldestCommitted;

    private final long[] newestWriter;
    /** The newest transaction of which there is a record up to there. */
    private final long[] newestSoFar;
    /** Rows up to and with a segment. */
    private final long[] deleted;

    private final long[] updated;
    /** Segments in which a transaction ends that is looked for, or whose changes later ones are told by. */
    private final BitSet ending = new BitSet();
    /** Segments of which nothing is known: all before them is needed. */
    private final BitSet unknown = new BitSet();
    /** Segments that go on with a record of the one before. */
    private final BitSet continued = new BitSet();

    /** Transactions that made or dropped databases. */
    private final Set<Long> databases = new HashSet<>();

    private final SummaryChain chain = new SummaryChain();

    private Narrowing(ArchivedPath path, int from, int behind, SearchRequest request, WalSegmentSize size) {
        this.path = path;
        this.from = from;
        this.behind = behind;
        this.range = request.range();
        this.filter = request.filter();
        this.size = size;
        this.plan = ReadingPlan.none(from, behind);
        int count = behind - from;
        this.oldestCommitted = new long[count];
        this.newestWriter = new long[count];
        this.newestSoFar = new long[count];
        this.deleted = new long[count];
        this.updated = new long[count];
    }

    /**
     * The plan for a stretch of the path.
     *
     * @throws PgpitrException NO_KEY
     * @throws org.pgpitr.storage.StorageException if the store does not answer
     */
    static ReadingPlan plan(
            ArchivedPath path,
            int from,
            int behind,
            SearchRequest request,
            WalIndex index,
            SegmentContent content,
            PostgresMajor major,
            WalSegmentSize size) {
        if (!request.filter().isNarrow() || from >= behind) {
            return ReadingPlan.all(from, behind);
        }
        Narrowing narrowing = new Narrowing(path, from, behind, request, size);
        narrowing.read(index, content);
        if (request.filter().isOfRows()) {
            narrowing.partly(new Beginnings(path, content, major, size));
        }
        narrowing.before();
        return narrowing.plan;
    }

    private void read(WalIndex index, SegmentContent content) {
        unknown.set(from, behind);
        for (int at = from; at < behind; ) {
            PathSegment first = path.get(at);
            if (!isPlain(first)) {
                odd(at, first, index, content);
                at++;
                continue;
            }
            int end = at + 1;
            while (end < behind && follows(path.get(end), first, end - at)) {
                end++;
            }
            plain(at, first, end - at, index);
            at = end;
        }
    }

    private static boolean isPlain(PathSegment segment) {
        return segment.form() == PathSegment.Form.WHOLE && segment.until().equals(ArchivedPath.NEVER);
    }

    private static boolean follows(PathSegment segment, PathSegment first, int distance) {
        return isPlain(segment)
                && segment.name().timeline().equals(first.name().timeline())
                && segment.number() == first.number() + distance;
    }

    private void plain(int at, PathSegment first, int count, WalIndex index) {
        long number = first.number();
        index.segments(first.name().timeline(), number, number + count - 1, new IndexVisitor() {
            @Override
            public Next visit(SegmentSummary summary) {
                take(at + (int) (summary.number() - number), summary);
                return Next.CONTINUE;
            }

            @Override
            public Next broken(WalSegmentName segment, BrokenWalException why) {
                return Next.CONTINUE;
            }

            @Override
            public Next damaged(WalSegmentName segment, PgpitrException why) {
                return Next.CONTINUE;
            }
        });
    }

    /** One that was left before it was full: it is read, and its summary says how far back its transactions go. */
    private void odd(int at, PathSegment segment, WalIndex index, SegmentContent content) {
        plan.need(at);
        SegmentSummary[] found = new SegmentSummary[1];
        try {
            if (segment.form() == PathSegment.Form.STREAMED) {
                found[0] = content.summary(segment).orElse(null);
            } else if (segment.file() instanceof PartialSegmentName partial) {
                found[0] = index.partial(partial.segment()).orElse(null);
            } else {
                index.segments(segment.name().timeline(), segment.number(), segment.number(), summary -> {
                    found[0] = summary;
                    return IndexVisitor.Next.STOP;
                });
            }
        } catch (BrokenWalException e) {
            return; // The search itself tells of it
        } catch (PgpitrException e) {
            if (e.exitCode() != ExitCode.CORRUPT) {
                throw e;
            }
            return;
        }
        if (found[0] != null && !found[0].facts().cutShort().contains(WalFacts.Kind.CROSSING_RECORDS)) {
            enter(at, found[0].facts());
            ending.set(at);
            continued.set(at, !found[0].front().isEmpty());
        }
    }

    private void take(int at, SegmentSummary summary) {
        boolean joined = at > from && !unknown.get(at - 1) && path.get(at - 1).number() == summary.number() - 1;
        WalFacts facts;
        try {
            facts = chain.next(summary);
        } catch (BrokenWalException e) {
            return; // The search itself tells of it
        }
        if (facts.cutShort().contains(WalFacts.Kind.CROSSING_RECORDS)
                || facts.cutShort().contains(WalFacts.Kind.DATABASES)) {
            return;
        }
        enter(at, facts);
        boolean crossing = !summary.front().isEmpty();
        continued.set(at, crossing);
        if (crossing && !joined) {
            plan.need(at);
        }
        facts.databases().forEach(change -> databases.add(change.xid()));
        if (mayEnd(at, facts)) {
            plan.need(at);
            ending.set(at);
        } else if (holds(facts)) {
            plan.need(at);
        }
        count(at, summary, facts.transactions());
    }

    /**
     * Where a transaction ends that may have begun before the WAL that is read, or before a hole: it may have changed more
     * rows than are counted.
     */
    private void partly(Beginnings beginnings) {
        for (int at = from; at < behind; ) {
            int end = at + 1;
            while (end < behind
                    && !unknown.get(end - 1)
                    && path.get(end).number() == path.get(end - 1).number() + 1) {
                end++;
            }
            OptionalLong wholeFrom = beginnings.wholeFrom(at, end);
            for (; at < end; at++) {
                long oldest = oldestCommitted[at - from];
                if (oldest != NO_XID
                        && !unknown.get(at)
                        && (wholeFrom.isEmpty() || XidRange.precedes(oldest, wholeFrom.getAsLong()))) {
                    plan.need(at);
                    ending.set(at);
                }
            }
        }
    }

    private void enter(int at, WalFacts facts) {
        unknown.clear(at);
        int i = at - from;
        TransactionTotals transactions = facts.transactions();
        oldestCommitted[i] = transactions.committed().map(XidRange::oldest).orElse(NO_XID);
        newestWriter[i] = transactions.newestWriter().orElse(NO_XID);
        long before = i == 0 ? NO_XID : newestSoFar[i - 1];
        newestSoFar[i] = before == NO_XID || (newestWriter[i] != NO_XID && XidRange.precedes(before, newestWriter[i]))
                ? newestWriter[i]
                : before;
        deleted[i] = facts.totals().deleted() + (i == 0 ? 0 : deleted[i - 1]);
        updated[i] = facts.totals().updated() + (i == 0 ? 0 : updated[i - 1]);
    }

    /** Whether a commit may be wanted that ends there, or names what comes behind it. */
    private boolean mayEnd(int at, WalFacts facts) {
        WalFacts.Totals totals = facts.totals();
        TransactionTotals transactions = facts.transactions();
        if (filter.isOfRestorePointsAlone() || transactions.commits() == 0) {
            return false;
        }
        return totals.dropped() > 0
                || mayEndDatabases(at, transactions.committed().orElseThrow())
                || (filter.xid().isPresent()
                        && transactions
                                .committed()
                                .filter(xids -> xids.contains(filter.xid().getAsLong()))
                                .isPresent())
                || (filter.deletedOver().isPresent()
                        && rows(deleted, at) > filter.deletedOver().getAsLong())
                || (filter.updatedOver().isPresent()
                        && rows(updated, at) > filter.updatedOver().getAsLong());
    }

    /** What becomes of a database is told before its transaction ends. */
    private boolean mayEndDatabases(int at, XidRange committed) {
        return isUnknownBefore(at) || databases.stream().anyMatch(committed::contains);
    }

    private boolean isUnknownBefore(int at) {
        int firstUnknown = unknown.nextSetBit(from);
        return firstUnknown >= 0 && firstUnknown < at;
    }

    /** As many rows at most has a transaction changed that ends there. */
    private long rows(long[] upTo, int at) {
        int i = at - from;
        if (isUnknownBefore(at) || oldestCommitted[i] == NO_XID) {
            return Long.MAX_VALUE;
        }
        int low = 0;
        int high = i;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (newestSoFar[middle] == NO_XID || XidRange.precedes(newestSoFar[middle], oldestCommitted[i])) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return upTo[i] - (low == 0 ? 0 : upTo[low - 1]);
    }

    private boolean holds(WalFacts facts) {
        return (filter.kinds().contains(Kind.RESTORE_POINTS) && facts.totals().restorePoints() > 0)
                || (!filter.isOfRestorePointsAlone()
                        && (facts.totals().catalogs() > 0 || facts.totals().databases() > 0));
    }

    /** What is known of the commits if the segment is passed over; it is needed if some are in the range and others not. */
    private void count(int at, SegmentSummary summary, TransactionTotals transactions) {
        if (transactions.commits() == 0) {
            plan.passOutside(at);
            return;
        }
        // A commit that ends here may begin in the segment before.
        Lsn start = summary.start();
        Lsn begin = size.start(Math.max(0, summary.number() - 1));
        Lsn end = summary.segmentEnd();
        boolean behindFrom = range.fromLsn().filter(begin::isBefore).isEmpty();
        boolean beforeTo = range.toLsn().filter(end::isAfter).isEmpty();
        boolean within = behindFrom
                && beforeTo
                && all(range.from(), transactions.earliestCommit(), true)
                && all(range.to(), transactions.latestCommit(), false);
        boolean without = range.fromLsn().filter(from -> !end.isAfter(from)).isPresent()
                || range.toLsn().filter(begin::isAfter).isPresent()
                || range.from()
                        .filter(from ->
                                transactions.latestCommit().orElseThrow().isBefore(from))
                        .isPresent()
                || range.to()
                        .filter(to ->
                                transactions.earliestCommit().orElseThrow().isAfter(to))
                        .isPresent();
        if (within) {
            plan.pass(at, transactions);
        } else if (without) {
            plan.passOutside(at);
        } else {
            plan.need(at);
        }
    }

    private static boolean all(Optional<Instant> bound, Optional<Instant> extreme, boolean later) {
        return bound.isEmpty()
                || (later
                        ? !extreme.orElseThrow().isBefore(bound.get())
                        : !extreme.orElseThrow().isAfter(bound.get()));
    }

    /** From the end back: what transactions that end in needed segments may have written before. */
    private void before() {
        long wanted = NO_XID;
        for (int at = behind - 1; at >= from; at--) {
            int i = at - from;
            if (unknown.get(at)) {
                for (int earlier = at; earlier >= from; earlier--) {
                    plan.need(earlier);
                }
                return;
            }
            if (ending.get(at)
                    && oldestCommitted[i] != NO_XID
                    && (wanted == NO_XID || XidRange.precedes(oldestCommitted[i], wanted))) {
                wanted = oldestCommitted[i];
            }
            if (wanted != NO_XID && newestWriter[i] != NO_XID && !XidRange.precedes(newestWriter[i], wanted)) {
                plan.need(at);
            }
        }
        for (int at = from + 1; at < behind; at++) {
            if (plan.needs(at) && continued.get(at) && !plan.needs(at - 1)) {
                plan.leadIn(at - 1);
            }
        }
    }
}
