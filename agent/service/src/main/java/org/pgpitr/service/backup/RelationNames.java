package org.pgpitr.service.backup;

import org.pgpitr.cluster.RelationVisitor;
import org.pgpitr.cluster.Server;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.catalog.CatalogRelation;
import org.pgpitr.repository.catalog.CatalogWriter;
import org.pgpitr.service.Progress;

/** Stores the names of the server's relations with a backup, so that what the WAL tells can be told by name. */
final class RelationNames {
    private final Server server;
    private final Generation generation;
    private final Progress progress;

    RelationNames(Server server, Generation generation, Progress progress) {
        this.server = server;
        this.generation = generation;
        this.progress = progress;
    }

    void store(BackupId id) {
        try (CatalogWriter catalog = new CatalogWriter(generation, id.value(), server.currentLsn())) {
            server.relations(new RelationVisitor() {
                @Override
                public void database(long oid, String name) {
                    catalog.database(oid, name);
                }

                @Override
                public void unread(String name, String reason) {
                    catalog.unread(name, reason);
                    if (!name.equals("template0")) {
                        progress.say("`pgpitr find` will know the relations of database \"" + name
                                + "\" by their numbers only: " + reason);
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
            });
            catalog.commit();
        }
    }
}
