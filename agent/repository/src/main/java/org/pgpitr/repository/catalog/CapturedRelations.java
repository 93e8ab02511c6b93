package org.pgpitr.repository.catalog;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.pgpitr.postgres.Lsn;

/**
 * The relations and databases of a cluster as of a position in its WAL. Compact: about 60 bytes a relation, so that a
 * million of them fit into a small heap.
 */
public final class CapturedRelations {
    private final Lsn lsn;
    private final Map<Long, String> databases;
    private final Map<String, String> unread;
    private final Map<Long, String> schemaNames;
    private final List<String> schemas;
    /** Database and file, sorted. */
    private final long[] keys;

    private final int[] oids;
    private final int[] owners;
    private final int[] schemaOf;
    private final char[] kinds;
    private final int[] nameEnds;
    private final byte[] names;

    private CapturedRelations(Builder from) {
        lsn = from.lsn;
        databases = Map.copyOf(from.databases);
        unread = Map.copyOf(from.unread);
        schemaNames = Map.copyOf(from.schemaNames);
        schemas = List.copyOf(from.schemas.keySet().stream()
                .sorted(Comparator.comparing(from.schemas::get))
                .toList());
        keys = Arrays.copyOf(from.keys, from.count);
        oids = Arrays.copyOf(from.oids, from.count);
        owners = Arrays.copyOf(from.owners, from.count);
        schemaOf = Arrays.copyOf(from.schemaOf, from.count);
        kinds = Arrays.copyOf(from.kinds, from.count);
        nameEnds = Arrays.copyOf(from.nameEnds, from.count);
        names = Arrays.copyOf(from.names, from.count == 0 ? 0 : from.nameEnds[from.count - 1]);
    }

    /** Relations from here on are as the WAL says. */
    public Lsn lsn() {
        return lsn;
    }

    /** The names of all databases by their OID. */
    public Map<Long, String> databases() {
        return databases;
    }

    /** Why the relations of a database are not known, by its name. */
    public Map<String, String> unread() {
        return unread;
    }

    /** The name of a database's namespace by its OID. */
    public Optional<String> schema(long database, long oid) {
        return Optional.ofNullable(schemaNames.get(key(database, oid)));
    }

    /** How many relations there are. */
    public int size() {
        return keys.length;
    }

    /** The relation with that file in that database (0: a shared one). */
    public Optional<CatalogRelation> find(long database, long file) {
        int index = Arrays.binarySearch(keys, key(database, file));
        return index < 0 ? Optional.empty() : Optional.of(at(index));
    }

    /** All relations that a test holds for, in no order; looks at each one. */
    public void forEach(Predicate<CatalogRelation> wanted, Consumer<CatalogRelation> action) {
        for (int i = 0; i < keys.length; i++) {
            CatalogRelation relation = at(i);
            if (wanted.test(relation)) {
                action.accept(relation);
            }
        }
    }

    private CatalogRelation at(int index) {
        int begin = index == 0 ? 0 : nameEnds[index - 1];
        return new CatalogRelation(
                keys[index] >>> 32,
                keys[index] & 0xFFFF_FFFFL,
                Integer.toUnsignedLong(oids[index]),
                Integer.toUnsignedLong(owners[index]),
                kinds[index],
                schemas.get(schemaOf[index]),
                new String(names, begin, nameEnds[index] - begin, StandardCharsets.UTF_8));
    }

    private static long key(long database, long file) {
        return database << 32 | file;
    }

    public static Builder builder(Lsn lsn) {
        return new Builder(lsn);
    }

    /** Collects relations, in any order; of two with the same file the first one stays. */
    public static final class Builder {
        private final Lsn lsn;
        private final Map<Long, String> databases = new HashMap<>();
        private final Map<String, String> unread = new HashMap<>();
        private final Map<Long, String> schemaNames = new HashMap<>();
        private final Map<String, Integer> schemas = new HashMap<>();
        private long[] keys = new long[1024];
        private int[] oids = new int[1024];
        private int[] owners = new int[1024];
        private int[] schemaOf = new int[1024];
        private char[] kinds = new char[1024];
        private int[] nameEnds = new int[1024];
        private byte[] names = new byte[1 << 15];
        private int count;
        private final List<CatalogRelation> unsorted = new ArrayList<>();

        private Builder(Lsn lsn) {
            this.lsn = lsn;
        }

        public Builder database(long oid, String name) {
            databases.put(oid, name);
            return this;
        }

        /** A database whose relations could not be read, or not all of them. */
        public Builder unread(String name, String reason) {
            unread.put(name, reason);
            return this;
        }

        /** A namespace. */
        public Builder schema(long database, long oid, String name) {
            schemaNames.put(key(database, oid), name);
            return this;
        }

        public Builder relation(CatalogRelation relation) {
            long key = key(relation.database(), relation.file());
            if (count > 0 && key <= keys[count - 1]) {
                unsorted.add(relation);
            } else {
                append(relation, key);
            }
            return this;
        }

        private void append(CatalogRelation relation, long key) {
            if (count == keys.length) {
                keys = Arrays.copyOf(keys, 2 * count);
                oids = Arrays.copyOf(oids, 2 * count);
                owners = Arrays.copyOf(owners, 2 * count);
                schemaOf = Arrays.copyOf(schemaOf, 2 * count);
                kinds = Arrays.copyOf(kinds, 2 * count);
                nameEnds = Arrays.copyOf(nameEnds, 2 * count);
            }
            byte[] name = relation.name().getBytes(StandardCharsets.UTF_8);
            int begin = count == 0 ? 0 : nameEnds[count - 1];
            if (begin + name.length > names.length) {
                names = Arrays.copyOf(names, Math.max(2 * names.length, begin + name.length));
            }
            System.arraycopy(name, 0, names, begin, name.length);
            keys[count] = key;
            oids[count] = (int) relation.oid();
            owners[count] = (int) relation.owner();
            schemaOf[count] = schemas.computeIfAbsent(relation.schema(), schema -> schemas.size());
            kinds[count] = relation.kind();
            nameEnds[count] = begin + name.length;
            count++;
        }

        public CapturedRelations build() {
            if (unsorted.isEmpty()) {
                return new CapturedRelations(this);
            }
            List<CatalogRelation> all = new ArrayList<>(unsorted);
            new CapturedRelations(this).forEach(relation -> true, all::add);
            all.sort(Comparator.comparingLong(relation -> key(relation.database(), relation.file())));
            Builder sorted = new Builder(lsn);
            sorted.databases.putAll(databases);
            sorted.unread.putAll(unread);
            sorted.schemaNames.putAll(schemaNames);
            long last = 0;
            for (CatalogRelation relation : all) {
                long key = key(relation.database(), relation.file());
                if (sorted.count == 0 || key != last) {
                    sorted.append(relation, key);
                }
                last = key;
            }
            return new CapturedRelations(sorted);
        }
    }
}
