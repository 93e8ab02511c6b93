package org.pgpitr.storage.retry;

import java.time.Duration;

/**
 * How long a call is repeated. The wait doubles from {@code firstDelay} up to {@code longestDelay}, each varied by a
 * quarter so that many hosts don't come back at the same instant.
 *
 * @param attempts at most, the first one included; at least 1
 * @param timeLimit no further attempt begins behind it
 * @param firstDelay before the second attempt
 * @param longestDelay between two attempts
 */
public record RetryPolicy(int attempts, Duration timeLimit, Duration firstDelay, Duration longestDelay) {
    public RetryPolicy {
        if (attempts < 1
                || timeLimit.compareTo(firstDelay) <= 0
                || firstDelay.isZero()
                || firstDelay.isNegative()
                || longestDelay.compareTo(firstDelay) <= 0) {
            throw new IllegalArgumentException("not a retry policy: " + attempts + " attempts within " + timeLimit
                    + ", waiting " + firstDelay + " to " + longestDelay);
        }
    }

    /** For a command that somebody or PostgreSQL waits for: 6 attempts within a minute and a half. */
    public static RetryPolicy standard() {
        return new RetryPolicy(6, Duration.ofSeconds(90), Duration.ofMillis(250), Duration.ofSeconds(15));
    }

    /** How long to wait, but for the variation, when this attempt, counted from 1, has failed. */
    Duration delayAfter(int attempt) {
        Duration doubled = firstDelay.multipliedBy(1L << Math.min(attempt - 1, 30));
        return doubled.compareTo(longestDelay) < 0 ? doubled : longestDelay;
    }
}
