package org.pgpitr.repository.find;

import java.util.HashSet;
import java.util.Set;
import org.pgpitr.repository.catalog.CapturedRelations;
import org.pgpitr.repository.catalog.CatalogRelation;

/**
 * A table by its name, with what belongs to it: its indexes and its TOAST table. One that has that name for a while is meant
 * under its other names too: where a catalog or the WAL tells that it is the same.
 */
final class WantedTable {
    private final TableName name;
    /** By {@link Names#key} of database and OID: those of that name, and their TOAST tables. */
    private final Set<Long> oids = new HashSet<>();

    WantedTable(TableName name, java.util.List<CapturedRelations> captured) {
        this.name = name;
        captured.forEach(this::learn);
    }

    /** Takes what a catalog knows of it; gives whether it is known now. */
    boolean learn(CapturedRelations catalog) {
        catalog.forEach(
                relation -> name.matches(catalog.databases().getOrDefault(relation.database(), ""), relation),
                relation -> oids.add(Names.key(relation.database(), relation.oid())));
        catalog.forEach(
                relation -> relation.kind() == 't' && oids.contains(Names.key(relation.database(), relation.owner())),
                relation -> oids.add(Names.key(relation.database(), relation.oid())));
        return isKnown();
    }

    /** Whether a captured catalog knows it. */
    boolean isKnown() {
        return !oids.isEmpty();
    }

    /** The WAL gives a relation a name. */
    void named(String database, CatalogRelation relation) {
        if (name.matches(database, relation)) {
            oids.add(Names.key(relation.database(), relation.oid()));
        }
    }

    boolean concerns(RelationEffect effect) {
        return effect.relation()
                .filter(relation -> name.matches(effect.database(), relation)
                        || oids.contains(Names.key(relation.database(), relation.oid()))
                        || oids.contains(Names.key(relation.database(), relation.owner())))
                .isPresent();
    }
}
