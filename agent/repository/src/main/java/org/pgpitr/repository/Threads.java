package org.pgpitr.repository;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.pgpitr.storage.StorageException;

/** Threads that never keep the process alive, what they find out, and their end. */
public final class Threads {
    private static final long END_SECONDS = 60;

    private Threads() {}

    public static ThreadFactory daemons(String name) {
        return work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /**
     * Waits for what is read in another thread. Throws what that threw.
     *
     * @param what is done there, such as {@code listing the archive}
     * @throws StorageException INTERRUPTED if this thread is interrupted, whose interruption is kept
     */
    public static <T> T result(Future<T> future, String what) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(StorageException.Kind.INTERRUPTED, "interrupted while " + what, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new IllegalStateException(what, e.getCause());
        }
    }

    /**
     * Interrupts all threads of a pool and waits until they have ended, a minute at most; also if this thread is
     * interrupted, whose interruption is kept.
     */
    public static void end(ExecutorService pool) {
        pool.shutdownNow();
        boolean interrupted = false;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_SECONDS);
        while (true) {
            try {
                if (pool.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)
                        || System.nanoTime() >= deadline) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
