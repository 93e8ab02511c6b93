package org.pgpitr.service.stream;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.pgpitr.postgres.Lsn;

/** What a receiver is doing, for those who ask. Safe for several threads. */
final class StreamProgress {
    /** Arrivals within this time are one. */
    private static final Duration TOGETHER = Duration.ofMillis(100);
    /** Of more than so many, which is a hundred seconds' worth, only the oldest are known. */
    private static final int MOST_ARRIVALS = 1000;

    private record Arrival(Instant time, Lsn end) {}

    private final StreamListener listener;
    private final Clock clock;
    /** What has arrived and is not durable yet, oldest first. */
    private final Deque<Arrival> arrivals = new ArrayDeque<>();

    private StreamStatus.State state = StreamStatus.State.STOPPED;
    private Optional<StreamPosition> received = Optional.empty();
    private Optional<Lsn> serverEnd = Optional.empty();
    private Optional<StreamPosition> durable = Optional.empty();
    private Optional<Instant> durableSince = Optional.empty();
    private Optional<StreamStatus.Failure> lastFailure = Optional.empty();
    private long failures;
    private boolean streamed;

    StreamProgress(StreamListener listener, Clock clock) {
        this.listener = listener;
        this.clock = clock;
    }

    synchronized StreamStatus status() {
        return new StreamStatus(
                state,
                received,
                serverEnd,
                durable,
                durableSince,
                Optional.ofNullable(arrivals.peekFirst()).map(Arrival::time),
                failures,
                lastFailure);
    }

    synchronized void state(StreamStatus.State now) {
        state = now;
    }

    void streaming(StreamPosition from) {
        synchronized (this) {
            state = StreamStatus.State.STREAMING;
            streamed = true;
            arrivals.clear();
        }
        listener.streaming(from);
    }

    /** Whether it has ever received. */
    synchronized boolean hasStreamed() {
        return streamed;
    }

    void slotCreated(String slot, Lsn from) {
        listener.slotCreated(slot, from);
    }

    void switched(StreamPosition to) {
        listener.switched(to);
    }

    synchronized void received(StreamPosition position, Lsn server) {
        received = Optional.of(position);
        serverEnd = Optional.of(server.isAfter(position.lsn()) ? server : position.lsn());
        Instant now = clock.instant();
        Arrival last = arrivals.peekLast();
        // By how far apart they are: a clock that is set back must not make one of all that comes until it is there
        // again.
        if (last != null && Duration.between(last.time(), now).abs().compareTo(TOGETHER) < 0) {
            arrivals.removeLast();
            arrivals.add(new Arrival(last.time(), position.lsn()));
        } else if (arrivals.size() < MOST_ARRIVALS) {
            arrivals.add(new Arrival(now, position.lsn()));
        }
    }

    synchronized void durable(StreamPosition position) {
        if (!durable.equals(Optional.of(position))) {
            durable = Optional.of(position);
            durableSince = Optional.of(clock.instant());
        }
        while (!arrivals.isEmpty() && !arrivals.getFirst().end().isAfter(position.lsn())) {
            arrivals.removeFirst();
        }
    }

    void failed(RuntimeException failure) {
        synchronized (this) {
            state = StreamStatus.State.WAITING;
            failures++;
            lastFailure = Optional.of(new StreamStatus.Failure(clock.instant(), failure.getMessage()));
        }
        listener.failed(failure);
    }
}
