package org.pgpitr.service.stream;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
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

    /** For {@code pgpitr status}; {@code snake_case} names, null for what is not known. */
    Map<String, Object> facts() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("state", state.name().toLowerCase(Locale.ROOT));
        members.put("timeline", received.map(at -> at.timeline().value()).orElse(null));
        members.put("received_lsn", lsn(received));
        members.put("durable_lsn", lsn(durable));
        members.put("lag_bytes", lagBytes());
        members.put("waiting_since", waitingSince.orElse(null));
        members.put("durable_time", durableSince.orElse(null));
        members.put("last_error", lastFailure.map(Failure::message).orElse(null));
        members.put("last_error_time", lastFailure.map(Failure::time).orElse(null));
        return members;
    }

    private static String lsn(Optional<StreamPosition> position) {
        return position.map(StreamPosition::lsn).map(Lsn::toString).orElse(null);
    }

    /** What went wrong, in one sentence. */
    public record Failure(Instant time, String message) {}
}
