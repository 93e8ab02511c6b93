package org.pgpitr.cluster;

/** Hears of databases and their relations. What it throws ends the reading. */
public interface RelationVisitor {
    /** A database; its relations follow, if it can be connected to. */
    void database(long oid, String name);

    /** The database before can't be read, or not to the end. */
    void unread(String name, String reason);

    /** A namespace of the database before. */
    void schema(long database, long oid, String name);

    /** A relation that has files, of the database before, in the order of their numbers. */
    void relation(Relation relation);

    /**
     * A relation that has files.
     *
     * @param database the database's OID; 0 of a shared relation
     * @param file its file number, as {@code pg_relation_filenode()} tells it
     * @param oid its own OID
     * @param owner the OID of the table that an index or a TOAST table belongs to; 0 of others
     * @param kind {@code pg_class.relkind}
     * @param schema its namespace
     * @param name its name
     */
    record Relation(long database, long file, long oid, long owner, char kind, String schema, String name) {}
}
