package org.pgpitr.service.stream;

import java.time.Instant;
import java.util.Optional;
import org.pgpitr.postgres.Lsn;

/**
 * How a receiver is getting on.
 *
 * @param state what it does
 * @param received up to where WAL has arrived; empty before the first
 * @param serverEnd up to where the server had WAL to send when it last sent some; empty before the first
 * @param durable up to where it is durable in every repository; empty before the first
 * @param durableSince when {@code durable} last moved
 * @param waitingSince when the oldest WAL arrived that is not durable yet; empty if there is none
 * @param failures how often the stream broke off
 * @param lastFailure the last thing that broke the stream off; stays when it streams again
 */
public record StreamStatus(
        State state,
        Optional<StreamPosition> received,
        Optional<Lsn> serverEnd,
        Optional<StreamPosition> durable,
        Optional<Instant> durableSince,
        Optional<Instant> waitingSince,
        long failures,
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

    /** How many bytes the server had, when it last sent some, that are not durable yet; 0 if that is not known. */
    public long lagBytes() {
        return serverEnd.isPresent() && durable.isPresent()
                ? Math.max(0, serverEnd.get().minus(durable.get().lsn()))
                : 0;
    }

    /** What went wrong, in one sentence. */
    public record Failure(Instant time, String message) {}
}
