package org.pgpitr.repository.find;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.wal.RelationLocator;

/**
 * What one transaction, or subtransaction, has done so far. There may be a million of them, of which few do more than
 * change rows: sets come into being with their first element.
 */
final class Changes {
    static final class Rows {
        long inserted;
        long updated;
        long deleted;

        RowCounts counts() {
            return new RowCounts(inserted, updated, deleted);
        }
    }

    final Map<RelationLocator, Rows> rows = new LinkedHashMap<>(4);
    /** New files of relations, in order. */
    private Set<RelationLocator> created = Set.of();
    /** Those of them that were filled page by page, from another file or by a sort. */
    private Set<RelationLocator> filled = Set.of();
    /** Tables that were rewritten, by {@link Names#key} of database and OID, with the new file. */
    private Map<Long, Long> rewritten = Map.of();
    /** The new files of relations by {@link Names#key} of database and OID, as far as the WAL says. */
    private Map<Long, Long> files = Map.of();

    /** What became of rows of {@code pg_class}. */
    private List<StorageStep> steps = List.of();

    private Set<Long> databasesCreated = Set.of();
    private Set<Long> databasesRemoved = Set.of();
    /** Relations that went, as rows of {@code pg_class}. */
    int relationsDeleted;
    /** From where on the first dropped database is no more what it was. */
    Optional<Lsn> databaseRowDeleted = Optional.empty();
    /** Whether records of it may not have been read. */
    boolean mayBePartial;

    Set<RelationLocator> created() {
        return created;
    }

    Set<RelationLocator> filled() {
        return filled;
    }

    Map<Long, Long> rewritten() {
        return rewritten;
    }

    Map<Long, Long> files() {
        return files;
    }

    Set<Long> databasesCreated() {
        return databasesCreated;
    }

    Set<Long> databasesRemoved() {
        return databasesRemoved;
    }

    List<StorageStep> steps() {
        return steps;
    }

    void step(StorageStep step) {
        steps = with(steps, List.of(step));
    }

    private static List<StorageStep> with(List<StorageStep> some, List<StorageStep> more) {
        if (more.isEmpty()) {
            return some;
        }
        List<StorageStep> all = some.isEmpty() ? new ArrayList<>() : some;
        all.addAll(more);
        return all;
    }

    void create(RelationLocator file) {
        created = with(created, Set.of(file));
    }

    void fill(RelationLocator file) {
        filled = with(filled, Set.of(file));
    }

    void rewrite(long table, long file) {
        rewritten = with(rewritten, Map.of(table, file));
    }

    void move(long relation, long file) {
        files = with(files, Map.of(relation, file));
    }

    void createDatabase(long oid) {
        databasesCreated = with(databasesCreated, Set.of(oid));
    }

    void removeDatabase(long oid) {
        databasesRemoved = with(databasesRemoved, Set.of(oid));
    }

    private static <T> Set<T> with(Set<T> some, Set<T> more) {
        if (more.isEmpty()) {
            return some;
        }
        Set<T> all = some.isEmpty() ? new LinkedHashSet<>() : some;
        all.addAll(more);
        return all;
    }

    private static Map<Long, Long> with(Map<Long, Long> some, Map<Long, Long> more) {
        if (more.isEmpty()) {
            return some;
        }
        Map<Long, Long> all = some.isEmpty() ? new HashMap<>() : some;
        all.putAll(more);
        return all;
    }

    Rows rows(RelationLocator relation) {
        return rows.computeIfAbsent(relation, each -> new Rows());
    }

    /** Takes over what a committed subtransaction did. */
    void add(Changes sub) {
        sub.rows.forEach((relation, theirs) -> {
            Rows ours = rows(relation);
            ours.inserted += theirs.inserted;
            ours.updated += theirs.updated;
            ours.deleted += theirs.deleted;
        });
        created = with(created, sub.created);
        filled = with(filled, sub.filled);
        rewritten = with(rewritten, sub.rewritten);
        files = with(files, sub.files);
        steps = with(steps, sub.steps);
        databasesCreated = with(databasesCreated, sub.databasesCreated);
        databasesRemoved = with(databasesRemoved, sub.databasesRemoved);
        relationsDeleted += sub.relationsDeleted;
        databaseRowDeleted = databaseRowDeleted.or(() -> sub.databaseRowDeleted);
        mayBePartial |= sub.mayBePartial;
    }
}
