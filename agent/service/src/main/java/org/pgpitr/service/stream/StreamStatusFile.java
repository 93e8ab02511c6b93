package org.pgpitr.service.stream;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Threads;
import org.pgpitr.service.spool.Spool;
import org.pgpitr.service.spool.StatusFile;

/**
 * Lets {@code pgpitr status} know of a receiver that no agent hosts: writes once a second how it is getting on, into the
 * spool of the server's data directory, until it is closed. What a receiver that died has written is known by its process.
 */
public final class StreamStatusFile implements AutoCloseable {
    private static final long BEAT_MILLIS = 1000;

    private final StatusFile file;
    private final String slot;
    private final Supplier<StreamStatus> receiver;
    private final Consumer<String> trouble;
    private final Clock clock;
    private final Instant started;
    private final Thread thread;

    private StreamStatusFile(
            StatusFile file, String slot, Supplier<StreamStatus> receiver, Consumer<String> trouble, Clock clock) {
        this.file = file;
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
        StreamStatusFile status = new StreamStatusFile(new StatusFile(spool.stream()), slot, receiver, trouble, clock);
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
            while (true) {
                Map<String, Object> facts = StatusFile.ofThisProcess(started, clock.instant());
                facts.put("slot", slot);
                facts.putAll(receiver.get().facts());
                file.write(facts, this::tell);
                TimeUnit.MILLISECONDS.sleep(BEAT_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the end
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
