package org.pgpitr.service.archive;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.pgpitr.repository.Repository;

/** Brings one archived file back, from the first repository that has it. */
public final class ArchiveGet {
    /** What was found. */
    public enum Outcome {
        /** The file is in place, verified. */
        FOUND,
        /** Every repository says that there is no such file. */
        ABSENT
    }

    /**
     * @param repositories at least one, asked in this order
     * @param dataDirectory of the cluster that recovers; relative destinations are relative to it
     */
    public ArchiveGet(List<Repository> repositories, Path dataDirectory) {}

    /**
     * Puts an archived file in place.
     *
     * @param name as {@code %f} gives it
     * @param destination as {@code %p} gives it
     * @param generation to be read; empty: the one of the cluster in the data directory, or else the newest
     */
    public Outcome get(String name, Path destination, OptionalInt generation) {
        throw new UnsupportedOperationException();
    }
}
