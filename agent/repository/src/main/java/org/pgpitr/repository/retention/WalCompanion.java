package org.pgpitr.repository.retention;

import org.pgpitr.postgres.TimelineId;
import org.pgpitr.storage.ObjectKey;

/**
 * An object that is there for the sake of WAL: no recovery takes it, and without that WAL it is of no use.
 *
 * @param first the first segment that it is about
 * @param last the last one; the same but for roll-ups
 * @param bytes how much it takes in the repository
 */
public record WalCompanion(Kind kind, ObjectKey key, TimelineId timeline, long first, long last, long bytes) {
    /** What it is. */
    public enum Kind {
        /** What several segments tell, together. */
        ROLL_UP,
        /** A segment that was refused, since its WAL is broken: tells why there is a hole. */
        REFUSED,
        /** The names of relations, captured between backups, as of a position in that segment. */
        NAMES
    }
}
