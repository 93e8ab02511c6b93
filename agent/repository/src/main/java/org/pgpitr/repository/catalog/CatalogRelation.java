package org.pgpitr.repository.catalog;

/**
 * A relation with files, as a database's catalog has it.
 *
 * @param database the database's OID; 0 of a shared relation
 * @param file its file number in the WAL; not always its OID
 * @param oid its own OID
 * @param owner the OID of the table that an index or a TOAST table belongs to; 0 of others
 * @param kind {@code pg_class.relkind}: {@code r} table, {@code i} index, {@code t} TOAST table, {@code m} materialized
 *     view, {@code S} sequence
 * @param schema its namespace
 * @param name its name
 */
public record CatalogRelation(long database, long file, long oid, long owner, char kind, String schema, String name) {}
