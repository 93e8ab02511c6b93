package org.pgpitr.postgres;

import java.util.Optional;

/**
 * A file that holds pages of a permanent relation, told by its path ({@code GetRelationPath()} in
 * {@code src/common/relpath.c}).
 *
 * @param number the relation's file number ({@code relfilenode}), unsigned 32 bits
 * @param fork which of the relation's files
 * @param segment 0 for the first file, then 1, 2, ...
 */
public record RelationFile(long number, Fork fork, int segment) {
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

        String suffix() {
            return suffix;
        }
    }

    /**
     * Reads a path relative to the data directory, parted by {@code /}: {@code global/1213}, {@code base/1/1259_vm.2},
     * {@code pg_tblspc/16385/PG_17_202406281/5/16390}. Empty for any other file, also for temporary relations.
     */
    public static Optional<RelationFile> tryParse(String path) {
        throw new UnsupportedOperationException();
    }

    /** The number of the file's first page in its fork. */
    public long firstBlock(int relationSegmentBlocks) {
        return (long) segment * relationSegmentBlocks;
    }
}
