package org.pgpitr.postgres.wal;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.pgpitr.postgres.RestorePoint;

/**
 * What a stretch of WAL tells that matters to a recovery, in the WAL's order. The totals are exact, but for the rows in records of
 * more than 16 kB that cross segments. The lists are bounded; {@link #cutShort} names those that leave something out, which only the WAL itself tells.
 *
 * @param totals how much there is of everything
 * @param transactions the ends of transactions
 * @param restorePoints in order
 * @param checkpoints in order
 * @param timelineSwitches in order
 * @param relations that came, went or were cut
 * @param databases that came or went
 * @param rows of transactions that changed at least {@value #MANY_ROWS} rows of a relation
 * @param cutShort the lists that leave something out
 */
public record WalFacts(
        Totals totals,
        TransactionTotals transactions,
        List<RestorePoint> restorePoints,
        List<CheckpointAt> checkpoints,
        List<TimelineSwitch> timelineSwitches,
        List<RelationChange> relations,
        List<DatabaseChange> databases,
        List<RowChanges> rows,
        Set<Kind> cutShort) {
    /** From so many rows on, of one relation, by one transaction, in one segment, they are told. */
    public static final int MANY_ROWS = 100;

    /** The lists, and how much each keeps at most. */
    public enum Kind {
        RESTORE_POINTS(1000),
        CHECKPOINTS(16),
        TIMELINE_SWITCHES(64),
        RELATIONS(1000),
        DATABASES(100),
        ROWS(500),
        /** Ends of transactions that could not be looked into: they cross segments and are too long to be kept. */
        CROSSING_RECORDS(0);

        private final int most;

        Kind(int most) {
            this.most = most;
        }

        /** How many elements the list keeps. */
        public int most() {
            return most;
        }
    }

    /**
     * How much there is of everything, counted also where a list is cut short.
     *
     * @param records WAL records
     * @param restorePoints restore points
     * @param checkpoints checkpoints of all kinds
     * @param timelineSwitches switches to another timeline
     * @param created relations created
     * @param dropped relations dropped
     * @param truncated relations truncated
     * @param databases databases created or dropped
     * @param inserted rows inserted, by whomever
     * @param updated rows updated
     * @param deleted rows deleted
     * @param catalogs records of heaps that tell of relations and databases: {@code pg_class}, {@code pg_namespace},
     *     {@code pg_index}, {@code pg_database}
     */
    public record Totals(
            long records,
            long restorePoints,
            long checkpoints,
            long timelineSwitches,
            long created,
            long dropped,
            long truncated,
            long databases,
            long inserted,
            long updated,
            long deleted,
            long catalogs) {
        public static final Totals NONE = new Totals(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

        /** Of this stretch and another one. */
        public Totals and(Totals other) {
            return new Totals(
                    records + other.records,
                    restorePoints + other.restorePoints,
                    checkpoints + other.checkpoints,
                    timelineSwitches + other.timelineSwitches,
                    created + other.created,
                    dropped + other.dropped,
                    truncated + other.truncated,
                    databases + other.databases,
                    inserted + other.inserted,
                    updated + other.updated,
                    deleted + other.deleted,
                    catalogs + other.catalogs);
        }
    }

    /** Of no record at all. */
    public static final WalFacts NONE = new WalFacts(
            Totals.NONE,
            TransactionTotals.NONE,
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            Set.of());

    public WalFacts {
        restorePoints = List.copyOf(restorePoints);
        checkpoints = List.copyOf(checkpoints);
        timelineSwitches = List.copyOf(timelineSwitches);
        relations = List.copyOf(relations);
        databases = List.copyOf(databases);
        rows = List.copyOf(rows);
        cutShort = Set.copyOf(cutShort);
    }

    /**
     * Of this stretch and the one that follows it. Each list keeps as many as its kind says; ends of transactions that
     * the later stretch tells are not looked up for changes of the earlier one.
     */
    public WalFacts and(WalFacts later) {
        Set<Kind> cut = EnumSet.noneOf(Kind.class);
        cut.addAll(cutShort);
        cut.addAll(later.cutShort);
        return new WalFacts(
                totals.and(later.totals),
                transactions.and(later.transactions),
                joined(Kind.RESTORE_POINTS, restorePoints, later.restorePoints, cut),
                joined(Kind.CHECKPOINTS, checkpoints, later.checkpoints, cut),
                joined(Kind.TIMELINE_SWITCHES, timelineSwitches, later.timelineSwitches, cut),
                joined(Kind.RELATIONS, relations, later.relations, cut),
                joined(Kind.DATABASES, databases, later.databases, cut),
                joined(Kind.ROWS, rows, later.rows, cut),
                cut);
    }

    /** The same, with at most so many elements in each list but those of restore points and timeline switches. */
    public WalFacts brief(int most) {
        Set<Kind> cut = EnumSet.noneOf(Kind.class);
        cut.addAll(cutShort);
        return new WalFacts(
                totals,
                transactions,
                restorePoints,
                brief(Kind.CHECKPOINTS, checkpoints, most, cut),
                timelineSwitches,
                brief(Kind.RELATIONS, relations, most, cut),
                brief(Kind.DATABASES, databases, most, cut),
                brief(Kind.ROWS, rows, most, cut),
                cut);
    }

    private static <T> List<T> brief(Kind kind, List<T> list, int most, Set<Kind> cut) {
        if (list.size() <= most) {
            return list;
        }
        cut.add(kind);
        return list.subList(0, most);
    }

    private static <T> List<T> joined(Kind kind, List<T> earlier, List<T> later, Set<Kind> cut) {
        if (earlier.isEmpty() || later.isEmpty()) {
            return earlier.isEmpty() ? later : earlier;
        }
        List<T> all = new ArrayList<>(earlier);
        all.addAll(later);
        if (all.size() > kind.most()) {
            cut.add(kind);
            return all.subList(0, kind.most());
        }
        return all;
    }
}
