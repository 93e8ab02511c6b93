package org.pgpitr.repository.backup;

/**
 * A tablespace of its own directory.
 *
 * @param oid its number, the name of its link below {@code pg_tblspc}
 * @param name as {@code pg_tablespace} has it
 * @param location the directory on the host the backup was taken from, absolute
 */
public record Tablespace(long oid, String name, String location) {}
