package org.pgpitr.service.stream;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Threads;
import org.pgpitr.service.agent.Trouble;
import org.pgpitr.service.spool.Spool;
import org.pgpitr.service.spool.StatusFile;

/**
 * Lets {@code pgpitr status} know of a receiver that no agent hosts: writes once a second how it is getting on, into the
 * spool of the server's data directory, until it is closed. Stopped, it leaves nothing; so what stands there of a process
 * that is gone tells that it died, or what it ended for.
 */
public final class StreamStatusFile implements AutoCloseable {
    private static final long BEAT_MILLIS = 1000;
    private static final long PATIENCE_MILLIS = 10_000;

    private final Path place;
    private final StatusFile file;
    private final String slot;
    private final Supplier<StreamStatus> receiver;
    private final Consumer<String> trouble;
    private final Clock clock;
    private final Instant started;
    private final Thread thread;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile Trouble end;
    private boolean defect;

    private StreamStatusFile(
            Path place, String slot, Supplier<StreamStatus> receiver, Consumer<String> trouble, Clock clock) {
        this.place = place;
        this.file = new StatusFile(place);
        this.slot = slot;
        this.receiver = receiver;
        this.trouble = trouble;
        this.clock = clock;
        this.started = clock.instant();
        this.thread = Threads.daemons("pgpitr-stream-status").newThread(this::write);
    }

    /**
     * Begins.
     *
     * @param dataDirectory its real path; only the user who owns it may make its spool
     * @param trouble told in one sentence, once, why nobody hears of the receiver; it receives all the same
     */
    public static StreamStatusFile begin(
            Path dataDirectory,
            Spool spool,
            String slot,
            Supplier<StreamStatus> receiver,
            Consumer<String> trouble,
            Clock clock) {
        StreamStatusFile status = new StreamStatusFile(spool.receiver(slot), slot, receiver, trouble, clock);
        try {
            if (Spool.isOwn(dataDirectory)) {
                spool.create();
                status.thread.start();
            } else {
                status.tell("it does not run as the owner of " + dataDirectory);
            }
        } catch (PgpitrException e) {
            status.tell(e.getMessage());
        }
        return status;
    }

    private void tell(String why) {
        trouble.accept("`pgpitr status` does not tell of this receiver: " + why);
    }

    private void write() {
        try {
            do {
                say();
            } while (!stopped.await(BEAT_MILLIS, TimeUnit.MILLISECONDS));
            sayTheEnd();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody does that; the file then says that it is silent
        }
    }

    /** Whatever goes wrong here, the next second may be better. */
    private void say() {
        try {
            file.write(facts(), this::tell);
        } catch (RuntimeException e) {
            if (!defect) {
                tell(Trouble.of(e, clock.instant()).message());
            }
            defect = true;
        }
    }

    private void sayTheEnd() {
        if (end != null) {
            say();
            return;
        }
        try {
            Files.deleteIfExists(place);
        } catch (IOException e) {
            trouble.accept("`pgpitr status` will tell of this receiver as gone: can't remove " + place + ": " + e);
        }
    }

    private Map<String, Object> facts() {
        Map<String, Object> facts = StatusFile.ofThisProcess(started, clock.instant());
        facts.put("slot", slot);
        facts.putAll(receiver.get().facts());
        Trouble last = end;
        if (last != null) {
            facts.put("state", StreamStatus.State.STOPPED.name().toLowerCase(Locale.ROOT));
            facts.put("last_error", last.message());
            facts.put("last_error_time", last.time());
        }
        return facts;
    }

    /** The receiver has ended for that, instead of being stopped; to be followed by {@link #close}. */
    public void failed(Throwable failure) {
        end = Trouble.of(failure, clock.instant());
    }

    /** Says nothing any more; returns when that is on the disk, or can't be brought there in some seconds. */
    @Override
    public void close() {
        stopped.countDown();
        try {
            thread.join(PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
