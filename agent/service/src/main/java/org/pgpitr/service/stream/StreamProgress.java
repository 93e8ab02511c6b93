package org.pgpitr.service.stream;

import java.time.Clock;
import java.util.Optional;
import org.pgpitr.postgres.Lsn;

/** What a receiver is doing, for those who ask. Safe for several threads. */
final class StreamProgress {
    private final StreamListener listener;
    private final Clock clock;
    private volatile boolean streamed;
    private volatile StreamStatus status = new StreamStatus(
            StreamStatus.State.STOPPED, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    StreamProgress(StreamListener listener, Clock clock) {
        this.listener = listener;
        this.clock = clock;
    }

    StreamStatus status() {
        return status;
    }

    void state(StreamStatus.State state) {
        StreamStatus s = status;
        status = new StreamStatus(state, s.received(), s.durable(), s.durableSince(), s.lastFailure());
    }

    void streaming(StreamPosition from) {
        streamed = true;
        state(StreamStatus.State.STREAMING);
        listener.streaming(from);
    }

    /** Whether it has ever received. */
    boolean hasStreamed() {
        return streamed;
    }

    void slotCreated(String slot, Lsn from) {
        listener.slotCreated(slot, from);
    }

    void switched(StreamPosition to) {
        listener.switched(to);
    }

    void received(StreamPosition position) {
        StreamStatus s = status;
        status = new StreamStatus(s.state(), Optional.of(position), s.durable(), s.durableSince(), s.lastFailure());
    }

    void durable(StreamPosition position) {
        StreamStatus s = status;
        if (!s.durable().equals(Optional.of(position))) {
            status = new StreamStatus(
                    s.state(), s.received(), Optional.of(position), Optional.of(clock.instant()), s.lastFailure());
        }
    }

    void failed(RuntimeException failure) {
        StreamStatus s = status;
        status = new StreamStatus(
                StreamStatus.State.WAITING,
                s.received(),
                s.durable(),
                s.durableSince(),
                Optional.of(new StreamStatus.Failure(clock.instant(), failure.getMessage())));
        listener.failed(failure);
    }
}
