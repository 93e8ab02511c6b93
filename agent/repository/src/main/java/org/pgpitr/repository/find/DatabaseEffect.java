package org.pgpitr.repository.find;

/**
 * What a transaction did to a database.
 *
 * @param fate what became of it
 * @param oid the database's
 * @param name its name; its OID where that is not known
 */
public record DatabaseEffect(Fate fate, long oid, String name) {
    /** What becomes of a database. */
    public enum Fate {
        CREATED,
        DROPPED
    }
}
