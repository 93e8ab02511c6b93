package org.pgpitr.repository.plan;

import java.util.Optional;
import org.pgpitr.postgres.Lsn;

/**
 * How far a recovery gets from some segment on.
 *
 * @param end the first position that is not covered
 * @param hole why the WAL surely goes on behind {@code end}; empty if nothing says so
 */
record Reach(Lsn end, Optional<Hole> hole) {
    /**
     * WAL that is missing.
     *
     * @param kind how that is known
     * @param why in words, to stand after "because"
     */
    record Hole(Kind kind, String why) {}

    enum Kind {
        /** It is there and damaged. */
        DAMAGED_WAL,
        /** There is later WAL of the same path in the archive. */
        LATER_WAL,
        /** PostgreSQL would be given WAL in its place that the path does not go along. */
        OTHER_BRANCH,
        /** A history file tells of a timeline that begins later. */
        LATER_TIMELINE
    }
}
