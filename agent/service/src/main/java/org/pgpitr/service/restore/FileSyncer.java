package org.pgpitr.service.restore;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.pgpitr.repository.Threads;

/**
 * Makes files durable while others are still being written: an fsync waits for the disk, not for the processor. When
 * too many wait, the writer syncs for itself.
 */
final class FileSyncer implements AutoCloseable {
    private static final int THREADS = 8;
    private static final int WAITING = 512;

    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            THREADS,
            THREADS,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            Threads.daemons("pgpitr-fsync"),
            new ThreadPoolExecutor.CallerRunsPolicy());
    private final Durability durability;
    private final AtomicReference<IOException> failure = new AtomicReference<>();

    FileSyncer(Durability durability) {
        this.durability = durability;
    }

    /** Makes a file durable, some time before {@link #finish} returns. */
    void submit(Path path) throws IOException {
        check();
        threads.execute(() -> {
            try {
                durability.sync(path);
            } catch (IOException e) {
                failure.compareAndSet(null, new IOException("fsync of " + path + " failed: " + e.getMessage(), e));
            }
        });
    }

    /** Waits until everything submitted is durable. Nothing can be submitted after it. */
    void finish() throws IOException {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS)) {
                throw new IllegalStateException("not reached");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while files are made durable");
        }
        check();
    }

    private void check() throws IOException {
        IOException failed = failure.get();
        if (failed != null) {
            throw failed;
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
