package org.pgpitr.service.stream;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;

/**
 * Between the thread that receives one timeline, the one that stores it in pieces, and the one that archives whole
 * segments. Pieces do not wait while a segment is being archived: its rest leaves in a piece too when that is due, and so
 * does what is behind it. What waits is bounded: the receiving thread asks {@link #hasRoom} before it reads on.
 */
final class Intake implements AutoCloseable {
    /** What the thread that stores pieces has to do next. */
    sealed interface Due {}

    /** A segment is to be stored up to there. */
    record Part(ReceivedSegment segment, Lsn to) implements Due {}

    /** A segment is archived: its pieces can go, and then {@link #cleanedUp} is to be called. */
    record Archived(ReceivedSegment segment) implements Due {}

    /** Nothing ever again. */
    record Nothing() implements Due {}

    /** So many whole segments wait at most, before nothing more is read. */
    private static final int WHOLE_SEGMENTS = 2;

    private final TimelineId timeline;
    private final WalSegmentSize size;
    private final StreamOptions options;
    private final Lsn start;
    /** Those that are not archived yet. */
    private final Deque<ReceivedSegment> segments = new ArrayDeque<>();
    /** Those that are archived, while their pieces are still there. */
    private final Deque<ReceivedSegment> archived = new ArrayDeque<>();

    private Lsn received;
    /** Up to where pieces have left. */
    private Lsn taken;
    /** Up to where pieces are to leave now. */
    private Lsn due;

    private Lsn durable;
    private long nextPiece = System.nanoTime();
    private boolean ended;
    /** All that can be stored is. */
    private boolean over;

    private boolean storing;
    private RuntimeException failure;

    /** @param start of a segment */
    Intake(StreamPosition start, WalSegmentSize size, StreamOptions options) {
        this.timeline = start.timeline();
        this.size = size;
        this.options = options;
        this.start = start.lsn();
        this.received = this.start;
        this.taken = this.start;
        this.due = this.start;
        this.durable = this.start;
    }

    synchronized boolean hasRoom() {
        return segments.stream().filter(ReceivedSegment::isWhole).count() + archived.size() < WHOLE_SEGMENTS;
    }

    /**
     * Takes WAL.
     *
     * @throws PgpitrException CORRUPT if it is not what comes next
     */
    synchronized void append(Lsn from, ByteBuffer bytes) {
        if (!from.equals(received)) {
            throw new PgpitrException(
                    ExitCode.CORRUPT,
                    "PostgreSQL sent WAL from " + from + " where " + received + " comes next",
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

    /** Waits until there is something to do for the thread that stores pieces. */
    synchronized Due take() throws InterruptedException {
        storing = false;
        notifyAll();
        while (true) {
            long early = untilDue();
            if (early <= 0 && archived.size() < WHOLE_SEGMENTS) {
                ReceivedSegment segment = segmentOf(taken);
                taken = segment.received();
                storing = true;
                return new Part(segment, taken);
            }
            if (!archived.isEmpty()) {
                return new Archived(archived.peekFirst());
            }
            if (ended && taken.equals(received) && !isWholeWaiting()) {
                over = true;
                notifyAll();
                return new Nothing();
            }
            if (early == Long.MAX_VALUE) {
                wait();
            } else {
                TimeUnit.NANOSECONDS.timedWait(this, early);
            }
        }
    }

    /** How long until a piece has to leave, in nanoseconds; what is due leaves up to where WAL has arrived by then. */
    private long untilDue() {
        if (taken.isBefore(due)) {
            return 0;
        }
        if (taken.equals(received)) {
            return Long.MAX_VALUE;
        }
        long now = System.nanoTime();
        if (!ended && options.pace() != StreamOptions.Pace.SYNCHRONOUS && !isSizeReached() && nextPiece - now > 0) {
            return nextPiece - now;
        }
        due = received;
        nextPiece = now + options.interval().toNanos();
        return 0;
    }

    /** What is whole is about to be archived, and need not be stored twice for its size. */
    private boolean isSizeReached() {
        ReceivedSegment first = segments.getFirst();
        return !first.isWhole() && received.minus(taken) >= options.pieceBytes();
    }

    private ReceivedSegment segmentOf(Lsn lsn) {
        return segments.stream()
                .filter(segment -> lsn.isBefore(segment.end()))
                .findFirst()
                .orElseThrow();
    }

    /** Waits until the first segment is whole; empty if none will ever be. */
    synchronized Optional<ReceivedSegment> takeWhole() throws InterruptedException {
        while (true) {
            ReceivedSegment first = segments.peekFirst();
            if (first != null && first.isWhole()) {
                return Optional.of(first);
            }
            if (ended) {
                return Optional.empty();
            }
            wait();
        }
    }

    /** All of the first segment is durable as a segment. */
    synchronized void archivedWhole() {
        ReceivedSegment first = segments.removeFirst();
        archived.add(first);
        taken = later(taken, first.end());
        durable = later(durable, first.end());
        notifyAll();
    }

    /** The pieces of the segment that {@link Archived} named are gone, as far as they can be. */
    synchronized void cleanedUp() {
        archived.removeFirst().close();
        notifyAll();
    }

    /** A segment is durable in pieces up to there. */
    synchronized void stored(ReceivedSegment segment, Lsn to) {
        // pieces behind a hole prove nothing
        if (!segment.start().isAfter(durable)) {
            durable = later(durable, to);
        }
        notifyAll();
    }

    private static Lsn later(Lsn a, Lsn b) {
        return a.isBefore(b) ? b : a;
    }

    /** A storing thread gives up. */
    synchronized void fail(RuntimeException why) {
        if (failure == null) {
            failure = why;
        }
        notifyAll();
    }

    /**
     * Up to where all is durable, and the server may forget it; {@link Lsn#ZERO} if nothing is known to be. That is
     * never the end of a segment which is durable in pieces alone: the server keeps it until it is archived.
     *
     * @throws RuntimeException what made a storing thread give up
     */
    synchronized Lsn durable() {
        if (failure != null) {
            throw failure;
        }
        ReceivedSegment first = segments.peekFirst();
        Lsn known = first == null || durable.isBefore(first.end())
                ? durable
                : new Lsn(first.end().value() - 1);
        return known.isAfter(start) ? known : Lsn.ZERO;
    }

    /** Waits a moment, less if more gets durable than was known. A millisecond if something is being stored. */
    synchronized void pause(Lsn known, Duration idle) throws InterruptedException {
        if (failure == null && !durable().isAfter(known)) {
            wait(storing && options.pace() == StreamOptions.Pace.SYNCHRONOUS ? 1 : idle.toMillis());
        }
    }

    /**
     * Waits until all that has arrived is durable, and what is whole archived.
     *
     * @return whether that is so; false after {@code patience}
     */
    synchronized boolean awaitStored(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (failure == null && (durable.isBefore(received) || isWholeWaiting())) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }

    /** Waits until all that can be stored of what has arrived is, {@code patience} at most; after {@link #end}. */
    synchronized void awaitOver(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        long left = patience.toNanos();
        while (failure == null && !over && left > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = deadline - System.nanoTime();
        }
    }

    private boolean isWholeWaiting() {
        return segments.stream().anyMatch(ReceivedSegment::isWhole);
    }

    @Override
    public synchronized void close() {
        segments.forEach(ReceivedSegment::close);
        segments.clear();
        archived.forEach(ReceivedSegment::close);
        archived.clear();
    }
}
