package org.pgpitr.service.stream;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;

/**
 * Between the thread that receives one timeline and the one that stores it. What waits is bounded: the receiving thread
 * asks {@link #hasRoom} before it reads on.
 */
final class Intake implements AutoCloseable {
    /** What is to be stored next. */
    sealed interface Due {
        ReceivedSegment segment();
    }

    /** All of a segment. */
    record Whole(ReceivedSegment segment) implements Due {}

    /** A segment up to there. */
    record Part(ReceivedSegment segment, Lsn to) implements Due {}

    /** Nothing ever again. */
    record Nothing() implements Due {
        @Override
        public ReceivedSegment segment() {
            throw new IllegalStateException("there is none");
        }
    }

    /** So many whole segments wait at most, before nothing more is read. */
    private static final int WHOLE_SEGMENTS = 2;

    private final TimelineId timeline;
    private final WalSegmentSize size;
    private final StreamOptions options;
    private final Deque<ReceivedSegment> segments = new ArrayDeque<>();
    private Lsn received;
    private Lsn taken;
    private Lsn durable = Lsn.ZERO;
    private long nextPiece = System.nanoTime();
    private boolean ended;
    private boolean storing;
    private RuntimeException failure;

    /** @param start of a segment */
    Intake(StreamPosition start, WalSegmentSize size, StreamOptions options) {
        this.timeline = start.timeline();
        this.size = size;
        this.options = options;
        this.received = start.lsn();
        this.taken = start.lsn();
    }

    synchronized boolean hasRoom() {
        return segments.stream().filter(ReceivedSegment::isWhole).count() < WHOLE_SEGMENTS;
    }

    /**
     * Takes WAL.
     *
     * @throws PgpitrException CORRUPT if it is not what comes next
     */
    synchronized void append(Lsn start, ByteBuffer bytes) {
        if (!start.equals(received)) {
            throw new PgpitrException(
                    ExitCode.CORRUPT,
                    "PostgreSQL sent WAL from " + start + " where " + received + " comes next",
                    "please report it, with the versions of PostgreSQL and pgpitr");
        }
        while (bytes.hasRemaining()) {
            ReceivedSegment last = segments.peekLast();
            if (last == null || last.isWhole()) {
                last = ReceivedSegment.create(WalSegmentName.containing(timeline, received, size), size);
                segments.add(last);
            }
            last.append(bytes);
            received = last.received();
        }
        notifyAll();
    }

    synchronized Lsn received() {
        return received;
    }

    /** No more will come: what is here is stored at once. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Waits until there is something to store. */
    synchronized Due take() throws InterruptedException {
        storing = false;
        notifyAll();
        while (true) {
            ReceivedSegment first = segments.peekFirst();
            if (first != null && first.isWhole()) {
                storing = true;
                return new Whole(first);
            }
            long waiting = received.minus(taken);
            if (waiting == 0) {
                if (ended) {
                    return new Nothing();
                }
                wait();
            } else {
                long early = nextPiece - System.nanoTime();
                if (ended
                        || options.pace() == StreamOptions.Pace.SYNCHRONOUS
                        || waiting >= options.pieceBytes()
                        || early <= 0) {
                    taken = received;
                    nextPiece = System.nanoTime() + options.interval().toNanos();
                    storing = true;
                    return new Part(first, received);
                }
                TimeUnit.NANOSECONDS.timedWait(this, early);
            }
        }
    }

    /** All of the first segment is durable as a segment. */
    synchronized void storedWhole() {
        ReceivedSegment first = segments.removeFirst();
        durable = first.end();
        taken = taken.isBefore(durable) ? durable : taken;
        first.close();
        notifyAll();
    }

    synchronized void stored(Lsn to) {
        durable = to.isAfter(durable) ? to : durable;
        notifyAll();
    }

    /** The storing thread gives up. */
    synchronized void fail(RuntimeException why) {
        failure = why;
        notifyAll();
    }

    /**
     * Up to where all is durable; {@link Lsn#ZERO} if nothing is known to be.
     *
     * @throws RuntimeException what made the storing thread give up
     */
    synchronized Lsn durable() {
        if (failure != null) {
            throw failure;
        }
        return durable;
    }

    /** Waits a moment, less if more gets durable than was known. A millisecond if something is being stored. */
    synchronized void pause(Lsn known, Duration idle) throws InterruptedException {
        if (failure == null && !durable.isAfter(known)) {
            wait(storing && options.pace() == StreamOptions.Pace.SYNCHRONOUS ? 1 : idle.toMillis());
        }
    }

    /** Waits until all that has arrived is durable. */
    synchronized void awaitStored(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (durable().isBefore(received) && deadline > System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, deadline - System.nanoTime());
        }
    }

    @Override
    public synchronized void close() {
        segments.forEach(ReceivedSegment::close);
        segments.clear();
    }
}
