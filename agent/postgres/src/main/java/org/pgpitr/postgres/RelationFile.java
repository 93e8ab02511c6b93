package org.pgpitr.postgres;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file that holds pages of a permanent relation, told by its path ({@code GetRelationPath()} in
 * {@code src/common/relpath.c}).
 *
 * @param number the relation's file number ({@code relfilenode}), unsigned 32 bits
 * @param fork which of the relation's files
 * @param segment 0 for the first file, then 1, 2, ...
 */
public record RelationFile(long number, Fork fork, int segment) {
    private static final Pattern NAME = Pattern.compile("([1-9][0-9]{0,9})(|_fsm|_vm|_init)(?:\\.([1-9][0-9]{0,8}))?");
    private static final Pattern DATABASE_DIRECTORY =
            Pattern.compile("(?:base|pg_tblspc/[0-9]+/PG_[0-9]+_[0-9]+)/[0-9]+");

    /** The parts of a relation's storage. */
    public enum Fork {
        MAIN(""),
        FREE_SPACE_MAP("_fsm"),
        VISIBILITY_MAP("_vm"),
        /** What an unlogged relation is reset to by a crash or a recovery. */
        INIT("_init");

        private final String suffix;

        Fork(String suffix) {
            this.suffix = suffix;
        }

        private static Fork ofSuffix(String suffix) {
            for (Fork fork : values()) {
                if (fork.suffix.equals(suffix)) {
                    return fork;
                }
            }
            throw new IllegalArgumentException(suffix);
        }
    }

    /**
     * Reads a path relative to the data directory, parted by {@code /}: {@code global/1213}, {@code base/1/1259_vm.2},
     * {@code pg_tblspc/16385/PG_17_202406281/5/16390}. Empty for any other file, also for temporary relations.
     */
    public static Optional<RelationFile> tryParse(String path) {
        int slash = path.lastIndexOf('/');
        return slash > 0 && isRelationDirectory(path.substring(0, slash))
                ? tryParseName(path.substring(slash + 1))
                : Optional.empty();
    }

    /** Whether files of relations can stand directly in that directory. */
    static boolean isRelationDirectory(String path) {
        return path.equals("global") || isDatabaseDirectory(path);
    }

    /** Whether that directory holds one database's files in one tablespace. */
    static boolean isDatabaseDirectory(String path) {
        return DATABASE_DIRECTORY.matcher(path).matches();
    }

    /** Reads a file's name ({@code parse_filename_for_nontemp_relation()} in {@code src/backend/storage/file/reinit.c}). */
    static Optional<RelationFile> tryParseName(String name) {
        Matcher m = NAME.matcher(name);
        if (!m.matches() || Long.parseLong(m.group(1)) > 0xFFFF_FFFFL) {
            return Optional.empty();
        }
        int segment = m.group(3) == null ? 0 : Integer.parseInt(m.group(3));
        return Optional.of(new RelationFile(Long.parseLong(m.group(1)), Fork.ofSuffix(m.group(2)), segment));
    }

    /** The number of the file's first page in its fork. */
    public long firstBlock(int relationSegmentBlocks) {
        return (long) segment * relationSegmentBlocks;
    }
}
