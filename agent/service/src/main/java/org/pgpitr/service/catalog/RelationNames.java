package org.pgpitr.service.catalog;

import java.util.Map;
import java.util.TreeMap;
import org.pgpitr.cluster.RelationVisitor;
import org.pgpitr.cluster.Server;
import org.pgpitr.repository.catalog.CatalogRelation;
import org.pgpitr.repository.catalog.CatalogWriter;

/** Reads the names of a server's relations, so that what the WAL tells can be told by name. */
public final class RelationNames implements AutoCloseable {
    private final Map<String, String> unread = new TreeMap<>();
    private final CatalogWriter catalog;

    private RelationNames(CatalogWriter catalog) {
        this.catalog = catalog;
    }

    /** A reading of all databases that the role may connect to. The caller stores it and closes this. */
    public static RelationNames read(Server server) {
        RelationNames names = new RelationNames(new CatalogWriter(server.currentLsn()));
        boolean done = false;
        try {
            server.relations(names.new Visitor());
            done = true;
            return names;
        } finally {
            if (!done) {
                names.catalog.close();
            }
        }
    }

    public CatalogWriter catalog() {
        return catalog;
    }

    /** The databases that could not be read, and why; but for {@code template0}, which nobody connects to. */
    public Map<String, String> unread() {
        return unread;
    }

    @Override
    public void close() {
        catalog.close();
    }

    private final class Visitor implements RelationVisitor {
        @Override
        public void database(long oid, String name) {
            catalog.database(oid, name);
        }

        @Override
        public void unread(String name, String reason) {
            catalog.unread(name, reason);
            if (!name.equals("template0")) {
                unread.put(name, reason);
            }
        }

        @Override
        public void schema(long database, long oid, String name) {
            catalog.schema(database, oid, name);
        }

        @Override
        public void relation(Relation relation) {
            catalog.relation(new CatalogRelation(
                    relation.database(),
                    relation.file(),
                    relation.oid(),
                    relation.owner(),
                    relation.kind(),
                    relation.schema(),
                    relation.name()));
        }
    }
}
