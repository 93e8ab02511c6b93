package org.pgpitr.repository.find;

import java.util.Optional;
import org.pgpitr.postgres.wal.RelationLocator;
import org.pgpitr.repository.catalog.CatalogRelation;

/**
 * What a transaction did to a relation.
 *
 * @param fate what became of it
 * @param database the database's name; its OID where that is not known
 * @param relation which one; empty where its name is not known
 * @param file its file, before the transaction
 * @param rows how many of its rows were changed
 */
public record RelationEffect(
        Fate fate, String database, Optional<CatalogRelation> relation, RelationLocator file, RowCounts rows) {
    /** What becomes of a relation. */
    public enum Fate {
        DROPPED,
        TRUNCATED,
        /** The same rows in a new file: {@code VACUUM FULL}, {@code CLUSTER}, {@code REINDEX}, an {@code ALTER TABLE}. */
        REWRITTEN,
        CREATED,
        /** Its rows were changed. */
        CHANGED
    }

    /** Whether rows are gone with it: a table or materialized view, or an unknown relation, dropped or truncated. */
    public boolean isLoss() {
        return (fate == Fate.DROPPED || fate == Fate.TRUNCATED)
                && relation.filter(known -> known.kind() != 'r' && known.kind() != 'm')
                        .isEmpty();
    }

    /** {@code public.orders}, or the file's number. */
    public String name() {
        return relation.map(known -> known.schema() + "." + known.name())
                .orElseGet(() -> "relation file " + file.relation());
    }
}
