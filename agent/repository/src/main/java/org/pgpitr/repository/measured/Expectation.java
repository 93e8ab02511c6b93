package org.pgpitr.repository.measured;

import java.time.Duration;

/**
 * How long a part of a recovery will take.
 *
 * @param duration how long
 * @param basis what that rests on
 * @param measurements how many measurements; 0 where it rests on none
 */
public record Expectation(Duration duration, Basis basis, int measurements) {
    /** What an expectation rests on, the best first. */
    public enum Basis {
        /** On what was measured on this host. */
        THIS_HOST,
        /** On what was measured on other hosts. */
        OTHER_HOSTS,
        /** On how long the backup took. */
        BACKUP,
        /** On a cautious assumption: nothing has been measured. */
        ASSUMED
    }
}
