package org.pgpitr.repository.retention;

/**
 * Why something stays.
 *
 * @param kind stable, for programs
 * @param text for people, to stand after a colon
 */
public record Reason(Kind kind, String text) {
    /** The kinds of reasons. */
    public enum Kind {
        COUNT,
        AGE,
        WINDOW,
        DAILY,
        WEEKLY,
        MONTHLY,
        YEARLY,
        /** The newest state of a cluster can always be recovered. */
        NEWEST,
        PINNED,
        /** A restore reads it, or its server still fetches WAL. */
        IN_USE,
        /** A backup that stays needs this WAL to become consistent. */
        CONSISTENCY,
        /** A backup that stays can be recovered to any later moment with this WAL. */
        LATER_MOMENTS,
        /** WAL is kept so long by itself. */
        WAL_AGE,
        /** What tells of WAL that stays. */
        TELLS_OF_WAL,
        /** WAL that is being written where no backup leads yet. */
        NO_BACKUP_YET,
        /** What can't be understood is never touched. */
        UNKNOWN,
        /** A backup is being taken. */
        UNDER_WAY,
        /** No backup of the cluster can be recovered, so none is deleted. */
        NOTHING_RECOVERABLE
    }
}
