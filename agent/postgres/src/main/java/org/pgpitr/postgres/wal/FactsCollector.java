package org.pgpitr.postgres.wal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.RestorePoint;

/** Takes records in order and tells what they add up to. In bounded memory, whatever the records say. */
final class FactsCollector {
    private static final int PG_DATABASE = 1262;
    private static final int PG_CLASS = 1259;
    private static final int PG_INDEX = 2610;
    private static final int PG_NAMESPACE = 2615;

    private final PostgresMajor major;
    private final RowCounter rows = new RowCounter();
    private final List<RestorePoint> restorePoints = new ArrayList<>();
    private final List<CheckpointAt> checkpoints = new ArrayList<>();
    private final List<TimelineSwitch> timelineSwitches = new ArrayList<>();
    private final List<RelationChange> relations = new ArrayList<>();
    private final List<DatabaseChange> databases = new ArrayList<>();
    private final Set<WalFacts.Kind> cutShort = EnumSet.noneOf(WalFacts.Kind.class);

    /** The transactions whose end is told with their changes; null until it is known. */
    private final Map<Long, TransactionEnd> ends = new HashMap<>();

    private long records;
    private long commits;
    private long aborts;
    private TransactionEnd first;
    private TransactionEnd last;
    private TransactionEnd earliest;
    private TransactionEnd latest;
    private TransactionEnd latestEnd;
    private long restorePointCount;
    private long checkpointCount;
    private long switchCount;
    private final long[] relationCounts = new long[RelationChange.Kind.values().length];
    private long databaseCount;
    private long catalogCount;
    private long oldestCommitted;
    private long newestCommitted;
    private long newestWriter;
    private final long[] rowCounts = new long[RowChange.NONE.ordinal()];

    FactsCollector(PostgresMajor major) {
        this.major = major;
    }

    /** Counts a record that can't be looked into; only a transaction's end can be that long and matter. */
    void addUnread(int resourceManager) {
        records++;
        if (resourceManager == RmgrId.TRANSACTION) {
            cutShort.add(WalFacts.Kind.CROSSING_RECORDS);
        }
    }

    void add(WalRecord record) {
        records++;
        long xid = record.xid();
        if (xid != 0 && (newestWriter == 0 || XidRange.precedes(newestWriter, xid))) {
            newestWriter = xid;
        }
        switch (record.resourceManager()) {
            case RmgrId.HEAP -> {
                addCatalog(record);
                addRows(record);
            }
            case RmgrId.HEAP2 -> addRows(record);
            case RmgrId.TRANSACTION -> addTransaction(record);
            case RmgrId.XLOG -> ControlRecord.of(record).ifPresent(control -> addControl(record, control));
            case RmgrId.STORAGE -> StorageRecord.of(record).ifPresent(this::addRelation);
            case RmgrId.DATABASE -> DatabaseRecord.of(record, major).ifPresent(this::addDatabase);
            default -> {
                // Indexes, and what matters to replay alone.
            }
        }
    }

    private void addCatalog(WalRecord record) {
        if (record.blockCount() == 0) {
            return;
        }
        long file = record.block(0).relation();
        if (file == PG_CLASS || file == PG_INDEX || file == PG_NAMESPACE || file == PG_DATABASE) {
            catalogCount++;
        }
    }

    private void addRows(WalRecord record) {
        RowChange change = RowChange.of(record);
        if (change == RowChange.NONE || record.blockCount() == 0) {
            return;
        }
        int count = RowChange.rows(record);
        rowCounts[change.ordinal()] += count;
        long xid = record.xid();
        long before = rows.add(xid, record.block(0), change, count, record.startValue());
        if (before < WalFacts.MANY_ROWS && before + count >= WalFacts.MANY_ROWS) {
            ends.putIfAbsent(xid, null);
        }
    }

    private void addTransaction(WalRecord record) {
        TransactionRecord transaction = TransactionRecord.of(record, major).orElse(null);
        TransactionEnd end = transaction == null ? null : transaction.at(record).orElse(null);
        if (end == null) {
            return;
        }
        if (latestEnd == null || end.time().isAfter(latestEnd.time())) {
            latestEnd = end;
        }
        if (end.isCommit()) {
            addCommit(end);
            addXid(end.xid());
            transaction.subtransactions().forEach(this::addXid);
            for (RelationLocator dropped : transaction.dropped()) {
                addRelation(new RelationChange(
                        RelationChange.Kind.DROPPED, dropped, end.xid(), 0, end.start(), Optional.of(end)));
            }
        } else {
            aborts++;
        }
        if (!ends.isEmpty()) {
            ends.replace(end.xid(), null, end);
            transaction.subtransactions().forEach(xid -> ends.replace(xid, null, end));
        }
    }

    private void addXid(long xid) {
        if (oldestCommitted == 0 || XidRange.precedes(xid, oldestCommitted)) {
            oldestCommitted = xid;
        }
        if (newestCommitted == 0 || XidRange.precedes(newestCommitted, xid)) {
            newestCommitted = xid;
        }
    }

    private void addCommit(TransactionEnd end) {
        commits++;
        if (first == null) {
            first = end;
        }
        last = end;
        if (earliest == null || end.time().isBefore(earliest.time())) {
            earliest = end;
        }
        if (latest == null || end.time().isAfter(latest.time())) {
            latest = end;
        }
    }

    private void addControl(WalRecord record, ControlRecord control) {
        if (control instanceof ControlRecord.Named named) {
            restorePointCount++;
            keep(WalFacts.Kind.RESTORE_POINTS, restorePoints, named.restorePoint());
        } else if (control instanceof ControlRecord.Checkpoint checkpoint) {
            checkpointCount++;
            keep(
                    WalFacts.Kind.CHECKPOINTS,
                    checkpoints,
                    new CheckpointAt(record.start(), checkpoint.redo(), checkpoint.nextXid()));
            addSwitch(new TimelineSwitch(record.start(), checkpoint.previousTimeline(), checkpoint.timeline()));
        } else if (control instanceof ControlRecord.EndOfRecovery recovery) {
            addSwitch(new TimelineSwitch(record.start(), recovery.previousTimeline(), recovery.timeline()));
        }
    }

    private void addSwitch(TimelineSwitch change) {
        if (!change.from().equals(change.to())) {
            switchCount++;
            keep(WalFacts.Kind.TIMELINE_SWITCHES, timelineSwitches, change);
        }
    }

    private void addRelation(RelationChange change) {
        relationCounts[change.kind().ordinal()]++;
        if (keep(WalFacts.Kind.RELATIONS, relations, change) && change.end().isEmpty()) {
            ends.putIfAbsent(change.xid(), null);
        }
    }

    private void addDatabase(DatabaseChange change) {
        databaseCount++;
        if (keep(WalFacts.Kind.DATABASES, databases, change)) {
            ends.putIfAbsent(change.xid(), null);
        }
    }

    private <T> boolean keep(WalFacts.Kind kind, List<T> list, T element) {
        if (list.size() >= kind.most()) {
            cutShort.add(kind);
            return false;
        }
        return list.add(element);
    }

    WalFacts facts() {
        List<RowChanges> many = rows.many(ends);
        if (many.size() > WalFacts.Kind.ROWS.most()) {
            cutShort.add(WalFacts.Kind.ROWS);
            many = many.stream()
                    .sorted(Comparator.comparingLong(RowChanges::rows).reversed())
                    .limit(WalFacts.Kind.ROWS.most())
                    .sorted(Comparator.comparing(RowChanges::first))
                    .toList();
        }
        return new WalFacts(
                totals(),
                new TransactionTotals(
                        commits,
                        aborts,
                        Optional.ofNullable(first),
                        Optional.ofNullable(last),
                        Optional.ofNullable(earliest).map(TransactionEnd::time),
                        Optional.ofNullable(latest).map(TransactionEnd::time),
                        Optional.ofNullable(latestEnd).map(TransactionEnd::time),
                        oldestCommitted == 0
                                ? Optional.empty()
                                : Optional.of(new XidRange(oldestCommitted, newestCommitted)),
                        newestWriter == 0 ? Optional.empty() : Optional.of(newestWriter)),
                restorePoints,
                checkpoints,
                timelineSwitches,
                relations.stream().map(this::ended).toList(),
                databases.stream().map(this::ended).toList(),
                many,
                cutShort);
    }

    private WalFacts.Totals totals() {
        return new WalFacts.Totals(
                records,
                restorePointCount,
                checkpointCount,
                switchCount,
                relationCounts[RelationChange.Kind.CREATED.ordinal()],
                relationCounts[RelationChange.Kind.DROPPED.ordinal()],
                relationCounts[RelationChange.Kind.TRUNCATED.ordinal()],
                databaseCount,
                rowCounts[RowChange.INSERT.ordinal()],
                rowCounts[RowChange.UPDATE.ordinal()],
                rowCounts[RowChange.DELETE.ordinal()],
                catalogCount);
    }

    private RelationChange ended(RelationChange change) {
        return change.end().isPresent()
                ? change
                : new RelationChange(
                        change.kind(),
                        change.relation(),
                        change.xid(),
                        change.blocks(),
                        change.lsn(),
                        Optional.ofNullable(ends.get(change.xid())));
    }

    private DatabaseChange ended(DatabaseChange change) {
        return new DatabaseChange(
                change.kind(),
                change.database(),
                change.xid(),
                change.lsn(),
                Optional.ofNullable(ends.get(change.xid())));
    }
}
