package org.pgpitr.repository.find;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.wal.RelationLocator;
import org.pgpitr.postgres.wal.TransactionRecord;
import org.pgpitr.repository.catalog.CatalogRelation;
import org.pgpitr.repository.find.RelationEffect.Fate;

/**
 * Makes of what a transaction did in the WAL what it did to the user's tables.
 *
 * <p>A dropped file alone does not tell a {@code DROP} from a {@code TRUNCATE} or a rewrite: both of these make a new
 * file and drop the old one. But a drop deletes rows of {@code pg_class}, which a truncate does not ({@link Successors}
 * where both were done); and a rewrite makes
 * a table whose name tells which one it is to replace, or fills the new file page by page.
 */
final class CommitReading {
    private final Names names;

    CommitReading(Names names) {
        this.names = names;
    }

    FoundEvent.Commit read(TransactionRecord record, Changes changes, Lsn start, Lsn end) {
        List<RelationLocator> dropped = new ArrayList<>(record.dropped());
        Collections.reverse(dropped); // the newest first, in the record
        List<RelationLocator> allDropped = List.copyOf(dropped);
        dropped.removeAll(changes.created());
        List<RelationLocator> created = new ArrayList<>(changes.created());
        created.removeAll(record.dropped());

        Map<RelationLocator, RelationEffect> effects = new LinkedHashMap<>();
        Map<RelationLocator, RelationLocator> successors = successors(dropped, allDropped, created, changes);
        for (RelationLocator file : dropped) {
            put(effects, file, fate(file, successors, created, changes), changes);
        }
        Set<RelationLocator> replacements = new HashSet<>(successors.values());
        successors.forEach(names::learnMove);
        for (RelationLocator file : created) {
            if (!replacements.contains(file) && !isRewritten(file, changes)) {
                put(effects, file, Fate.CREATED, changes);
            }
        }
        changes.rows.keySet().forEach(file -> {
            boolean gone = changes.created().contains(file) && !created.contains(file);
            if (!effects.containsKey(file) && !gone && !isRewritten(file, changes)) {
                put(effects, file, Fate.CHANGED, changes);
            }
        });
        List<RelationEffect> told = told(effects.values());
        List<DatabaseEffect> databases = databases(changes);
        return new FoundEvent.Commit(
                record.xid(),
                record.time(),
                start,
                end,
                from(changes, databases, start),
                record.preparedAs(),
                changes.mayBePartial ? FoundEvent.Commit.Reading.MAYBE_PARTLY : FoundEvent.Commit.Reading.WHOLE,
                databases,
                told,
                FoundEvent.Commit.Totals.of(told));
    }

    private void put(Map<RelationLocator, RelationEffect> effects, RelationLocator file, Fate fate, Changes changes) {
        Changes.Rows rows = changes.rows.get(file);
        effects.put(
                file,
                new RelationEffect(
                        fate,
                        names.database(file.database()),
                        names.find(file),
                        file,
                        rows == null ? RowCounts.NONE : rows.counts()));
    }

    /** Which new file took the place of which old one. */
    private Map<RelationLocator, RelationLocator> successors(
            List<RelationLocator> dropped,
            List<RelationLocator> allDropped,
            List<RelationLocator> created,
            Changes changes) {
        Map<RelationLocator, RelationLocator> found = new LinkedHashMap<>();
        if (dropped.isEmpty()) {
            return found;
        }
        Set<Long> ofNewRelations = StorageStep.inserted(changes.steps());
        List<RelationLocator> replacing = created.stream()
                .filter(file -> !ofNewRelations.contains(file.relation()))
                .toList();
        if (changes.relationsDeleted == 0 && dropped.size() == replacing.size()) {
            // One for one, in the same order: TRUNCATE, REINDEX, a move to another tablespace
            for (int i = 0; i < dropped.size(); i++) {
                found.put(dropped.get(i), replacing.get(i));
            }
            return found;
        }
        for (RelationLocator file : dropped) {
            names.find(file).ifPresent(relation -> {
                long key = Names.key(file.database(), relation.oid());
                Long now = changes.rewritten().getOrDefault(key, changes.files().get(key));
                created.stream()
                        .filter(each -> now != null && each.relation() == now && each.database() == file.database())
                        .findFirst()
                        .ifPresent(successor -> found.put(file, successor));
            });
        }
        if (changes.rewritten().isEmpty() && !changes.mayBePartial) {
            Map<RelationLocator, RelationLocator> steps = Successors.of(allDropped, changes.created(), changes.steps());
            dropped.forEach(file -> last(file, steps)
                    .filter(created::contains)
                    .ifPresent(successor -> found.putIfAbsent(file, successor)));
        }
        return found;
    }

    /** A relation may have got a new file more than once. */
    private static Optional<RelationLocator> last(
            RelationLocator file, Map<RelationLocator, RelationLocator> successors) {
        RelationLocator now = file;
        for (int i = 0; i < successors.size() && successors.containsKey(now); i++) {
            now = successors.get(now);
        }
        return now.equals(file) ? Optional.empty() : Optional.of(now);
    }

    private Fate fate(
            RelationLocator file,
            Map<RelationLocator, RelationLocator> successors,
            List<RelationLocator> created,
            Changes changes) {
        Optional<CatalogRelation> relation = names.find(file);
        boolean rewritten = relation.filter(known -> isRewritten(file.database(), known, changes))
                .isPresent();
        RelationLocator successor = successors.get(file);
        if (rewritten || (successor != null && isSameInNewPlace(file, successor, created, changes))) {
            return Fate.REWRITTEN;
        }
        boolean nothingWent = changes.relationsDeleted == 0 && (!created.isEmpty() || isRowKept(changes));
        if (successor != null || nothingWent) {
            return relation.filter(known -> known.kind() == 'i').isPresent() ? Fate.REWRITTEN : Fate.TRUNCATED;
        }
        return Fate.DROPPED;
    }

    /**
     * What is moved to another tablespace may be empty, or unlogged, so that its pages tell nothing; but where a file came and
     * went on the way, it may have been emptied before.
     */
    private static boolean isSameInNewPlace(
            RelationLocator file, RelationLocator successor, List<RelationLocator> created, Changes changes) {
        boolean straight = created.size() == changes.created().size();
        return changes.filled().contains(successor) || straight && successor.tablespace() != file.tablespace();
    }

    /** That no row of {@code pg_class} went says something only if a change of another was seen: it may have moved. */
    private static boolean isRowKept(Changes changes) {
        return !changes.mayBePartial
                && changes.steps().stream().anyMatch(step -> step.kind() == StorageStep.Kind.UPDATED);
    }

    private static boolean isRewritten(long database, CatalogRelation relation, Changes changes) {
        return changes.rewritten().containsKey(Names.key(database, relation.oid()))
                || changes.rewritten().containsKey(Names.key(database, relation.owner()));
    }

    /** Whether it is the new file of a rewritten table: its rows are no new ones. */
    private static boolean isRewritten(RelationLocator file, Changes changes) {
        return !changes.rewritten().isEmpty() && changes.created().contains(file);
    }

    /** Without what belongs to a table that is told, and without TOAST; the losses first. */
    private static List<RelationEffect> told(java.util.Collection<RelationEffect> all) {
        Set<Long> tables = new HashSet<>();
        all.forEach(each -> each.relation().ifPresent(known -> tables.add(Names.key(known.database(), known.oid()))));
        return all.stream()
                .filter(each -> each.relation()
                        .filter(known -> known.kind() == 't'
                                || known.schema().equals("pg_toast")
                                || tables.contains(Names.key(known.database(), known.owner())))
                        .isEmpty())
                .sorted(Comparator.comparing((RelationEffect each) -> !each.isLoss())
                        .thenComparing(
                                each -> -each.rows().deleted() - each.rows().updated()))
                .toList();
    }

    private List<DatabaseEffect> databases(Changes changes) {
        List<DatabaseEffect> databases = new ArrayList<>();
        changes.databasesCreated()
                .forEach(oid ->
                        databases.add(new DatabaseEffect(DatabaseEffect.Fate.CREATED, oid, names.database(oid))));
        if (changes.databaseRowDeleted.isPresent()) {
            changes.databasesRemoved()
                    .forEach(oid ->
                            databases.add(new DatabaseEffect(DatabaseEffect.Fate.DROPPED, oid, names.database(oid))));
        }
        return databases;
    }

    private static Lsn from(Changes changes, List<DatabaseEffect> databases, Lsn commit) {
        boolean dropped = databases.stream().anyMatch(each -> each.fate() == DatabaseEffect.Fate.DROPPED);
        return dropped ? changes.databaseRowDeleted.orElse(commit) : commit;
    }
}
