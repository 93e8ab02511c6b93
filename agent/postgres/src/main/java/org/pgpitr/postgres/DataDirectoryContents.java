package org.pgpitr.postgres;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Which parts of a data directory belong into a backup: what {@code pg_basebackup} takes and leaves out
 * ({@code sendDir()} in {@code src/backend/backup/basebackup.c}, before 15 in {@code src/backend/replication}). The lists
 * are the same in the current releases of 13 to 18. Paths are relative to the data directory, parted by
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

    /** {@code excludeDirContents}: emptied or made anew when a server starts. */
    private static final Set<String> KEPT_EMPTY = Set.of(
            "pg_stat_tmp", "pg_replslot", "pg_dynshmem", "pg_notify", "pg_serial", "pg_snapshots", "pg_subtrans");
    /** {@code excludeFiles}, as far as they are whole names. */
    private static final Set<String> LEFT_OUT = Set.of(
            "postgresql.auto.conf.tmp",
            "current_logfiles.tmp",
            "backup_label",
            "tablespace_map",
            "backup_manifest",
            "postmaster.pid",
            "postmaster.opts",
            ".DS_Store");
    /** {@code RELCACHE_INIT_FILENAME} and {@code PG_TEMP_FILE_PREFIX}: whatever begins like this. */
    private static final List<String> LEFT_OUT_PREFIXES = List.of("pg_internal.init", "pgsql_tmp");

    private static final Pattern TEMPORARY_RELATION =
            Pattern.compile("t[0-9]+_[0-9]+(?:_(?:fsm|vm|init))?(?:\\.[0-9]+)?");
    private static final Pattern TABLESPACE = Pattern.compile("pg_tblspc/[0-9]+");

    private final PostgresMajor major;
    private final Pattern tablespaceVersionDirectory;

    private DataDirectoryContents(PostgresMajor major) {
        this.major = major;
        this.tablespaceVersionDirectory = Pattern.compile("PG_" + major + "_[0-9]+");
    }

    /** The rules of a major version; an unknown newer one is treated as the newest that is known. */
    public static DataDirectoryContents of(PostgresMajor major) {
        return new DataDirectoryContents(major);
    }

    /** What to do with a directory. The data directory itself is {@code ""}. */
    public Treatment directory(String path) {
        String name = name(path);
        if (isLeftOut(name)) {
            return Treatment.LEAVE_OUT;
        }
        if (KEPT_EMPTY.contains(name) || path.equals("pg_wal")) {
            return Treatment.KEEP_EMPTY;
        }
        // A tablespace's location may hold directories of other major versions.
        return TABLESPACE.matcher(parent(path)).matches()
                        && !tablespaceVersionDirectory.matcher(name).matches()
                ? Treatment.LEAVE_OUT
                : Treatment.COPY;
    }

    /**
     * What to do with a symbolic link.
     *
     * @return {@link Treatment#COPY} for a tablespace's link in {@code pg_tblspc}, {@link Treatment#KEEP_EMPTY} where
     *     the backup has a directory in its place, {@link Treatment#LEAVE_OUT} for any other
     */
    public Treatment link(String path) {
        if (TABLESPACE.matcher(path).matches()) {
            return Treatment.COPY;
        }
        return directory(path) == Treatment.KEEP_EMPTY ? Treatment.KEEP_EMPTY : Treatment.LEAVE_OUT;
    }

    /** The directories that a backup has in {@code pg_wal}, whether or not the server has them; all of them empty. */
    public List<String> walDirectories() {
        return major.isAtLeast(17)
                ? List.of("pg_wal/archive_status", "pg_wal/summaries")
                : List.of("pg_wal/archive_status");
    }

    /**
     * What to do with a regular file. {@code global/pg_control} is copied too, but after everything else.
     *
     * @param exists asked for the path of the file that makes a relation an unlogged one: its first init fork
     * @return {@link Treatment#COPY} or {@link Treatment#LEAVE_OUT}
     */
    public Treatment file(String path, Predicate<String> exists) {
        String name = name(path);
        String directory = parent(path);
        if (isLeftOut(name) || TABLESPACE.matcher(directory).matches()) {
            return Treatment.LEAVE_OUT;
        }
        if (RelationFile.isDatabaseDirectory(directory)
                && TEMPORARY_RELATION.matcher(name).matches()) {
            return Treatment.LEAVE_OUT;
        }
        Optional<RelationFile> relation = RelationFile.tryParse(path);
        boolean reset = relation.isPresent()
                && relation.get().fork() != RelationFile.Fork.INIT
                && exists.test(directory + "/" + relation.get().number() + "_init");
        return reset ? Treatment.LEAVE_OUT : Treatment.COPY;
    }

    private static boolean isLeftOut(String name) {
        return LEFT_OUT.contains(name) || LEFT_OUT_PREFIXES.stream().anyMatch(name::startsWith);
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }
}
