package org.pgpitr.service.stream;

import java.time.Instant;
import java.util.Optional;

/**
 * How a receiver is getting on.
 *
 * @param state what it does
 * @param received up to where WAL has arrived; empty before the first
 * @param durable up to where it is durable in every repository; empty before the first
 * @param durableSince when {@code durable} last moved
 * @param lastFailure the last thing that broke the stream off; stays when it streams again
 */
public record StreamStatus(
        State state,
        Optional<StreamPosition> received,
        Optional<StreamPosition> durable,
        Optional<Instant> durableSince,
        Optional<Failure> lastFailure) {
    /** What a receiver does. */
    public enum State {
        STOPPED,
        /** It connects, and finds out where to go on. */
        CONNECTING,
        STREAMING,
        /** Something broke the stream off; it is tried again soon. */
        WAITING
    }

    /** What went wrong, in one sentence. */
    public record Failure(Instant time, String message) {}
}
