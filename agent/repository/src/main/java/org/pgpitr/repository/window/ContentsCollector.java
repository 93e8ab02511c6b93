package org.pgpitr.repository.window;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.RestorePoint;
import org.pgpitr.postgres.wal.ControlRecord;
import org.pgpitr.postgres.wal.RmgrId;
import org.pgpitr.postgres.wal.TransactionEnd;
import org.pgpitr.postgres.wal.TransactionRecord;
import org.pgpitr.postgres.wal.WalFacts;
import org.pgpitr.postgres.wal.WalRecord;

/** Adds up what lies behind one position and not behind another one. */
final class ContentsCollector {
    private final PostgresMajor major;
    private final Lsn from;
    private final Lsn to;
    private final Deque<RestorePoint> points = new ArrayDeque<>();
    private Optional<TransactionEnd> first = Optional.empty();
    private Optional<TransactionEnd> last = Optional.empty();
    private Optional<Instant> latest = Optional.empty();
    private long count;

    ContentsCollector(PostgresMajor major, Lsn from, Lsn to) {
        this.major = major;
        this.from = from;
        this.to = to;
    }

    private boolean isWithin(Lsn end) {
        return end.isAfter(from) && !end.isAfter(to);
    }

    /** Whether these facts of a stretch on an edge tell all that lies within. */
    boolean tells(WalFacts facts) {
        boolean commits = facts.transactions().commits() == 0
                || isWithin(facts.transactions().first().orElseThrow().end())
                        && isWithin(facts.transactions().last().orElseThrow().end());
        boolean aborts = facts.transactions().aborts() == 0;
        return commits
                && aborts
                && facts.restorePoints().stream().allMatch(point -> isWithin(point.lsn()))
                && !facts.cutShort().contains(WalFacts.Kind.RESTORE_POINTS)
                && !facts.cutShort().contains(WalFacts.Kind.CROSSING_RECORDS);
    }

    /** Takes all of a stretch that lies within. */
    void take(WalFacts facts) {
        first = first.or(facts.transactions()::first);
        last = facts.transactions().last().or(() -> last);
        facts.transactions().latestEnd().ifPresent(this::time);
        facts.restorePoints().forEach(this::point);
        count += facts.totals().restorePoints();
    }

    /** Takes a record, if it lies within. */
    void take(WalRecord record) {
        if (!isWithin(record.end())) {
            return;
        }
        if (record.resourceManager() == RmgrId.TRANSACTION) {
            TransactionRecord.of(record, major).flatMap(t -> t.at(record)).ifPresent(this::end);
        } else if (record.resourceManager() == RmgrId.XLOG
                && ControlRecord.of(record).orElse(null) instanceof ControlRecord.Named named) {
            point(named.restorePoint());
            count++;
        }
    }

    private void end(TransactionEnd end) {
        time(end.time());
        if (end.isCommit()) {
            first = first.or(() -> Optional.of(end));
            last = Optional.of(end);
        }
    }

    private void point(RestorePoint point) {
        time(point.time());
        points.addLast(point);
        if (points.size() > IntervalContents.MOST) {
            points.removeFirst();
        }
    }

    private void time(Instant time) {
        if (latest.isEmpty() || latest.get().isBefore(time)) {
            latest = Optional.of(time);
        }
    }

    IntervalContents contents() {
        return new IntervalContents(first, last, latest, List.copyOf(points), count);
    }
}
