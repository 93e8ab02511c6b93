package org.pgpitr.postgres.wal;

/**
 * Where a relation's files are ({@code RelFileLocator}; {@code RelFileNode} before 16).
 *
 * @param tablespace the tablespace's OID; 1663 is {@code pg_default}, 1664 {@code pg_global}
 * @param database the database's OID; 0 for a shared relation
 * @param relation the file number; not the relation's OID, which a rewrite does not change
 */
public record RelationLocator(long tablespace, long database, long relation) {
    /** {@code tablespace/database/relation}, as {@code pg_waldump} prints it. */
    @Override
    public String toString() {
        return tablespace + "/" + database + "/" + relation;
    }
}
