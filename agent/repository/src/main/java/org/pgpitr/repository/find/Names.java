package org.pgpitr.repository.find;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.postgres.wal.RelationLocator;
import org.pgpitr.repository.catalog.CapturedRelations;
import org.pgpitr.repository.catalog.CatalogRelation;

/**
 * The names of relations: what the WAL said since it is read, then what was captured from the server. What the WAL said is
 * kept for the newest {@value #MOST_LEARNED} relations, since some applications create temporary ones by the million.
 */
final class Names {
    /** OIDs and file numbers below belong to catalogs and what initdb makes ({@code FirstNormalObjectId}). */
    static final long FIRST_NORMAL = 16384;

    private static final int MOST_LEARNED = 100_000;

    /** Hears of each name that the WAL gives a relation. */
    interface Listener {
        void named(String database, CatalogRelation relation);
    }

    private final List<CapturedRelations> captured;
    private final Listener listener;
    /** Catalogs that were rewritten, so that their files have numbers as other relations'. */
    private final Map<Long, Long> movedCatalogs = new HashMap<>();

    private final Map<Long, CatalogRelation> learned = bounded();
    private final Map<Long, String> databases = new HashMap<>();
    private final Map<Long, String> schemas = bounded();
    private final Map<Long, Long> owners = bounded();

    /** @param captured the most fitting first */
    Names(List<CapturedRelations> captured, Listener listener) {
        this.listener = listener;
        this.captured = List.copyOf(captured);
        for (CapturedRelations each : captured) {
            each.databases().forEach(databases::putIfAbsent);
            each.forEach(
                    relation -> relation.oid() < FIRST_NORMAL && relation.oid() != relation.file(),
                    relation -> movedCatalogs.putIfAbsent(key(relation.database(), relation.file()), relation.oid()));
        }
    }

    private static <V> Map<Long, V> bounded() {
        return new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, V> eldest) {
                return size() > MOST_LEARNED;
            }
        };
    }

    /** A database, and a number of 32 bits in it. */
    static long key(long database, long number) {
        return database << 32 | number;
    }

    /** Whether some catalogs have files that only what was captured tells from other relations' files. */
    boolean hasMovedCatalogs() {
        return !movedCatalogs.isEmpty();
    }

    /** The OID of the catalog that has that file; 0 if it is none, or what initdb made besides. */
    long catalog(long database, long file) {
        if (movedCatalogs.isEmpty()) {
            return file < FIRST_NORMAL ? file : 0;
        }
        Long moved = movedCatalogs.get(key(database, file));
        return moved != null ? moved : file < FIRST_NORMAL ? file : 0;
    }

    String database(long oid) {
        return databases.getOrDefault(oid, oid == 0 ? "" : Long.toString(oid));
    }

    Optional<CatalogRelation> find(RelationLocator file) {
        CatalogRelation known = learned.get(key(file.database(), file.relation()));
        if (known != null) {
            return Optional.of(withOwner(known));
        }
        return captured.stream()
                .flatMap(each -> each.find(file.database(), file.relation()).stream())
                .findFirst();
    }

    private CatalogRelation withOwner(CatalogRelation known) {
        Long owner = owners.get(key(known.database(), known.oid()));
        return owner == null || known.owner() != 0
                ? known
                : new CatalogRelation(
                        known.database(), known.file(), known.oid(), owner, known.kind(), known.schema(), known.name());
    }

    void learnDatabase(long oid, String name) {
        databases.put(oid, name);
    }

    void learnSchema(long database, long oid, String name) {
        schemas.put(key(database, oid), name);
    }

    /** That an index belongs to a table. */
    void learnOwner(long database, long index, long table) {
        owners.put(key(database, index), table);
    }

    /** What a row of {@code pg_class} says. */
    void learn(long database, long file, long oid, char kind, long schema, String name) {
        CatalogRelation relation =
                new CatalogRelation(database, file, oid, toastOwner(name, kind), kind, schema(database, schema), name);
        learned.put(key(database, file), relation);
        listener.named(database(database), relation);
    }

    /** As {@link #learn}, from a page on which there may be older versions of the row too. */
    void learnIfUnknown(long database, long file, long oid, char kind, long schema, String name) {
        if (find(new RelationLocator(0, database, file)).isEmpty()) {
            learn(database, file, oid, kind, schema, name);
        }
    }

    /** A relation goes on in another file. */
    void learnMove(RelationLocator from, RelationLocator to) {
        find(from)
                .ifPresent(known -> learned.put(
                        key(to.database(), to.relation()),
                        new CatalogRelation(
                                known.database(),
                                to.relation(),
                                known.oid(),
                                known.owner(),
                                known.kind(),
                                known.schema(),
                                known.name())));
    }

    private static long toastOwner(String name, char kind) {
        if (kind != 't' || !name.matches("pg_toast_[0-9]{1,10}")) {
            return 0;
        }
        return Long.parseLong(name.substring("pg_toast_".length()));
    }

    private String schema(long database, long oid) {
        String known = schemas.get(key(database, oid));
        if (known != null) {
            return known;
        }
        return captured.stream()
                .flatMap(each -> each.schema(database, oid).stream())
                .findFirst()
                .orElseGet(() -> oid == 11 ? "pg_catalog" : oid == 99 ? "pg_toast" : oid == 2200 ? "public" : "" + oid);
    }
}
