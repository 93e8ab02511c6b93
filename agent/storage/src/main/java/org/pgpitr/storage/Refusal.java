package org.pgpitr.storage;

import java.time.Instant;
import java.util.Optional;

/**
 * Why a store does not delete an object that is there.
 *
 * @param cause as far as the store tells
 * @param until when a lock ends; empty if the store does not tell, and for others
 */
public record Refusal(Cause cause, Optional<Instant> until) {
    public enum Cause {
        /** The store keeps it under a lock: nobody can delete it before that has ended. */
        LOCKED,
        /** The store keeps it under a legal hold: nobody can delete it before somebody has taken that off. */
        HELD,
        /** It may not be deleted with these credentials; or it is locked, and the store does not tell so. */
        DENIED
    }

    public static final Refusal DENIED = new Refusal(Cause.DENIED, Optional.empty());

    /** Whether the store does what it was told to, so that it is no fault. */
    public boolean isLock() {
        return cause != Cause.DENIED;
    }
}
