package org.pgpitr.postgres;

import java.util.function.Predicate;

/**
 * Which parts of a data directory belong into a backup: what {@code pg_basebackup} takes and leaves out
 * ({@code sendDir()} in {@code src/backend/backup/basebackup.c}). Paths are relative to the data directory, parted by
 * {@code /}; what stands in a tablespace is seen as {@code pg_tblspc/<oid>/...}.
 */
public final class DataDirectoryContents {
    /** What a backup does with a file or a directory. */
    public enum Treatment {
        /** It is copied; of a directory, what it holds is judged by itself. */
        COPY,
        /** The directory is made, empty. */
        KEEP_EMPTY,
        /** It is not in the backup at all. */
        LEAVE_OUT
    }

    /** The rules of a major version; an unknown newer one is treated as the newest that is known. */
    public static DataDirectoryContents of(PostgresMajor major) {
        throw new UnsupportedOperationException();
    }

    /** What to do with a directory, or with a symbolic link to one. The data directory itself is {@code ""}. */
    public Treatment directory(String path) {
        throw new UnsupportedOperationException();
    }

    /**
     * What to do with a regular file.
     *
     * @param exists asked for the path of the file that makes a relation an unlogged one: its first init fork
     * @return {@link Treatment#COPY} or {@link Treatment#LEAVE_OUT}
     */
    public Treatment file(String path, Predicate<String> exists) {
        throw new UnsupportedOperationException();
    }
}
