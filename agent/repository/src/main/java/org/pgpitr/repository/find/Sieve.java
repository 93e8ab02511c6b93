package org.pgpitr.repository.find;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.pgpitr.postgres.wal.TransactionRecord;
import org.pgpitr.repository.catalog.CapturedRelations;
import org.pgpitr.repository.catalog.CatalogRelation;
import org.pgpitr.repository.find.SearchFilter.Kind;

/** Lets through what is in the range and wanted, and keeps the worst of it. */
final class Sieve implements TransactionTracker.Listener {
    private final SearchRange range;
    private final SearchFilter filter;
    private final Optional<WantedTable> table;
    private final Ranking ranking;
    private long commits;
    private Optional<Instant> first = Optional.empty();
    private Optional<Instant> last = Optional.empty();

    /** @param elsewhere asks other catalogs than those for the relations of the range, until one answers with true */
    Sieve(
            SearchRequest request,
            List<CapturedRelations> captured,
            Consumer<Predicate<CapturedRelations>> elsewhere,
            SearchNotes notes) {
        this.range = request.range();
        this.filter = request.filter();
        this.ranking = new Ranking(request.limit());
        this.table = filter.table().map(name -> new WantedTable(name, captured));
        table.filter(wanted -> !wanted.isKnown()).ifPresent(wanted -> elsewhere.accept(wanted::learn));
        table.filter(wanted -> !wanted.isKnown())
                .ifPresent(wanted -> notes.unknownTable(filter.table().get()));
    }

    /** The WAL gives a relation a name. */
    void named(String database, CatalogRelation relation) {
        table.ifPresent(wanted -> wanted.named(database, relation));
    }

    /** A segment that was passed over. */
    void passed(ReadingPlan.Passed segment) {
        commits += segment.commits();
        first = first.or(segment::first);
        last = segment.last().or(() -> last);
    }

    @Override
    public void committed(TransactionRecord end, FoundEvent.Commit commit) {
        if (!range.contains(commit.lsn(), commit.time())) {
            return;
        }
        commits++;
        first = first.or(() -> Optional.of(commit.time()));
        last = Optional.of(commit.time());
        if (isWanted(end, commit)) {
            ranking.add(commit.told(relation ->
                    table.filter(wanted -> wanted.concerns(relation)).isPresent()));
        }
    }

    private boolean isWanted(TransactionRecord end, FoundEvent.Commit commit) {
        boolean named = filter.xid().isPresent();
        if (named
                && !filter.wantsXid(end.xid())
                && end.subtransactions().stream().noneMatch(filter::wantsXid)) {
            return false;
        }
        if (commit.relations().isEmpty() && commit.databases().isEmpty() && !named) {
            return false;
        }
        List<RelationEffect> relations = table.isEmpty()
                ? commit.relations()
                : commit.relations().stream().filter(table.get()::concerns).toList();
        if (table.isPresent() && relations.isEmpty()) {
            return false;
        }
        if (!filter.isChoosy()) {
            return true;
        }
        FoundEvent.Commit.Totals totals = table.isEmpty() ? commit.totals() : FoundEvent.Commit.Totals.of(relations);
        boolean loss = table.isEmpty() ? commit.isLoss() : totals.losses() > 0;
        boolean mayHaveMore = commit.reading() == FoundEvent.Commit.Reading.MAYBE_PARTLY && filter.isOfRows();
        return mayHaveMore
                || (filter.kinds().contains(Kind.LOSSES) && loss)
                || isOver(filter.deletedOver(), totals.rows().deleted())
                || isOver(filter.updatedOver(), totals.rows().updated());
    }

    private static boolean isOver(OptionalLong threshold, long rows) {
        return threshold.isPresent() && rows > threshold.getAsLong();
    }

    @Override
    public void named(FoundEvent.Named restorePoint) {
        if (filter.kinds().contains(Kind.RESTORE_POINTS) && range.contains(restorePoint.lsn(), restorePoint.time())) {
            ranking.add(restorePoint);
        }
    }

    long commits() {
        return commits;
    }

    Optional<Instant> first() {
        return first;
    }

    Optional<Instant> last() {
        return last;
    }

    List<FoundEvent> events() {
        return ranking.worstFirst();
    }

    long matches() {
        return ranking.count();
    }
}
