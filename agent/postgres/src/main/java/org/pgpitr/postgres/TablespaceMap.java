package org.pgpitr.postgres;

import java.util.List;

/**
 * Where the tablespaces of a backup stand: {@code tablespace_map}, which a server reads when it starts from a backup
 * ({@code do_pg_backup_start()} writes it, {@code read_tablespace_map()} in
 * {@code src/backend/access/transam/xlogrecovery.c} reads it).
 *
 * @param entries in the file's order
 */
public record TablespaceMap(List<Entry> entries) {
    /** The file's path in a data directory. */
    public static final String PATH = "tablespace_map";

    /**
     * @param oid the tablespace's object identifier, unsigned 32 bits
     * @param location an absolute directory; inside the data directory, one relative to it
     */
    public record Entry(long oid, String location) {}

    public TablespaceMap {
        entries = List.copyOf(entries);
    }

    /**
     * Reads the file's text: a line a tablespace, {@code <oid> <location>}; a backslash makes the next character part
     * of the location. Empty text is a map without entries.
     *
     * @throws InvalidFormatException for any other text
     */
    public static TablespaceMap parse(String text) {
        throw new UnsupportedOperationException();
    }

    /** The file's text, as PostgreSQL writes it; what {@link #parse} reads. */
    @Override
    public String toString() {
        throw new UnsupportedOperationException();
    }
}
