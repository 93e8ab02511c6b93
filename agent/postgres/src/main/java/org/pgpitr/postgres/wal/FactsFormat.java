package org.pgpitr.postgres.wal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.RestorePoint;
import org.pgpitr.postgres.TimelineId;

/** The binary form of {@link WalFacts}; docs/wal-index.md defines it. Positions stand relative to a base. */
public final class FactsFormat {
    private final long base;

    /** @param base near to all positions: the start of the stretch */
    public FactsFormat(Lsn base) {
        this.base = base.value();
    }

    public void write(CompactWriter out, WalFacts facts) {
        WalFacts.Totals t = facts.totals();
        for (long total : new long[] {
            t.records(),
            t.restorePoints(),
            t.checkpoints(),
            t.timelineSwitches(),
            t.created(),
            t.dropped(),
            t.truncated(),
            t.databases(),
            t.inserted(),
            t.updated(),
            t.deleted(),
            t.catalogs()
        }) {
            out.number(total);
        }
        write(out, facts.transactions());
        out.list(facts.restorePoints(), this::restorePoint);
        out.list(facts.checkpoints(), this::checkpoint);
        out.list(facts.timelineSwitches(), this::timelineSwitch);
        out.list(facts.relations(), this::relation);
        out.list(facts.databases(), this::database);
        out.list(facts.rows(), this::rows);
        List<WalFacts.Kind> cut = new ArrayList<>(facts.cutShort());
        cut.sort(Comparator.naturalOrder());
        out.list(cut, (o, kind) -> o.number(kind.ordinal()));
    }

    /** @throws InvalidFormatException if it is not that */
    public WalFacts read(CompactReader in) {
        return new WalFacts(
                new WalFacts.Totals(
                        in.number(),
                        in.number(),
                        in.number(),
                        in.number(),
                        in.number(),
                        in.number(),
                        in.number(),
                        in.number(),
                        in.number(),
                        in.number(),
                        in.number(),
                        in.number()),
                readTransactions(in),
                in.list(this::readRestorePoint),
                in.list(this::readCheckpoint),
                in.list(this::readTimelineSwitch),
                in.list(this::readRelation),
                in.list(this::readDatabase),
                in.list(this::readRows),
                kinds(in.list(i -> i.oneOf(WalFacts.Kind.values()))));
    }

    private static Set<WalFacts.Kind> kinds(List<WalFacts.Kind> kinds) {
        Set<WalFacts.Kind> set = EnumSet.noneOf(WalFacts.Kind.class);
        set.addAll(kinds);
        return set;
    }

    /** The ends of transactions alone. */
    public void write(CompactWriter out, TransactionTotals t) {
        out.number(t.commits()).number(t.aborts());
        out.optional(t.first(), this::end).optional(t.last(), this::end);
        out.optional(t.earliestCommit(), CompactWriter::time);
        out.optional(t.latestCommit(), CompactWriter::time);
        out.optional(t.latestEnd(), CompactWriter::time);
        out.optional(t.committed(), (o, xids) -> o.number(xids.oldest()).number(xids.newest()));
        out.optional(t.newestWriter(), CompactWriter::number);
    }

    /** @throws InvalidFormatException if it is not that */
    public TransactionTotals readTransactions(CompactReader in) {
        return new TransactionTotals(
                in.number(),
                in.number(),
                in.optional(this::readEnd),
                in.optional(this::readEnd),
                in.optional(CompactReader::time),
                in.optional(CompactReader::time),
                in.optional(CompactReader::time),
                in.optional(i -> new XidRange(i.number(), i.number())),
                in.optional(CompactReader::number));
    }

    private void lsn(CompactWriter out, Lsn lsn) {
        out.signed(lsn.value() - base);
    }

    private Lsn readLsn(CompactReader in) {
        return new Lsn(base + in.signed());
    }

    private void end(CompactWriter out, TransactionEnd end) {
        out.number(end.outcome().ordinal()).number(end.xid()).time(end.time());
        lsn(out, end.start());
        out.signed(end.end().minus(end.start()));
    }

    private TransactionEnd readEnd(CompactReader in) {
        TransactionEnd.Outcome outcome = in.oneOf(TransactionEnd.Outcome.values());
        long xid = in.number();
        java.time.Instant time = in.time();
        Lsn start = readLsn(in);
        return new TransactionEnd(outcome, xid, time, start, start.plus(in.signed()));
    }

    private void restorePoint(CompactWriter out, RestorePoint point) {
        out.text(point.name()).time(point.time());
        lsn(out, point.lsn());
    }

    private RestorePoint readRestorePoint(CompactReader in) {
        String name = in.text();
        java.time.Instant time = in.time();
        return new RestorePoint(name, readLsn(in), time);
    }

    private void checkpoint(CompactWriter out, CheckpointAt checkpoint) {
        lsn(out, checkpoint.lsn());
        lsn(out, checkpoint.redo());
        out.number(checkpoint.nextXid());
    }

    private CheckpointAt readCheckpoint(CompactReader in) {
        return new CheckpointAt(readLsn(in), readLsn(in), in.number());
    }

    private void timelineSwitch(CompactWriter out, TimelineSwitch change) {
        lsn(out, change.lsn());
        out.number(change.from().value()).number(change.to().value());
    }

    private TimelineSwitch readTimelineSwitch(CompactReader in) {
        return new TimelineSwitch(readLsn(in), new TimelineId(in.number()), new TimelineId(in.number()));
    }

    private void locator(CompactWriter out, RelationLocator relation) {
        out.number(relation.tablespace()).number(relation.database()).number(relation.relation());
    }

    private RelationLocator readLocator(CompactReader in) {
        return new RelationLocator(in.number(), in.number(), in.number());
    }

    private void relation(CompactWriter out, RelationChange change) {
        out.number(change.kind().ordinal());
        locator(out, change.relation());
        out.number(change.xid()).number(change.blocks());
        lsn(out, change.lsn());
        out.optional(change.end(), this::end);
    }

    private RelationChange readRelation(CompactReader in) {
        return new RelationChange(
                in.oneOf(RelationChange.Kind.values()),
                readLocator(in),
                in.number(),
                in.number(),
                readLsn(in),
                in.optional(this::readEnd));
    }

    private void database(CompactWriter out, DatabaseChange change) {
        out.number(change.kind().ordinal()).number(change.database()).number(change.xid());
        lsn(out, change.lsn());
        out.optional(change.end(), this::end);
    }

    private DatabaseChange readDatabase(CompactReader in) {
        return new DatabaseChange(
                in.oneOf(DatabaseChange.Kind.values()),
                in.number(),
                in.number(),
                readLsn(in),
                in.optional(this::readEnd));
    }

    private void rows(CompactWriter out, RowChanges rows) {
        out.number(rows.xid());
        locator(out, rows.relation());
        out.number(rows.inserted()).number(rows.updated()).number(rows.deleted());
        lsn(out, rows.first());
        lsn(out, rows.last());
        out.optional(rows.end(), this::end);
    }

    private RowChanges readRows(CompactReader in) {
        return new RowChanges(
                in.number(),
                readLocator(in),
                in.number(),
                in.number(),
                in.number(),
                readLsn(in),
                readLsn(in),
                in.optional(this::readEnd));
    }
}
