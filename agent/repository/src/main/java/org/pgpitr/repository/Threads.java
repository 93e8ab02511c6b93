package org.pgpitr.repository;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
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
     * Begins to read something in a thread of its own, while other things are read.
     *
     * @param what is done there, such as {@code listing the archive}
     * @return to be waited for with {@link #result}
     */
    public static <T> Future<T> begin(String what, Callable<T> work) {
        FutureTask<T> begun = new FutureTask<>(work);
        daemons(what).newThread(begun).start();
        return begun;
    }

    /**
     * Reads each of some things, several at a time. Throws what the first of them threw that could not be read.
     *
     * @param what is done, such as {@code reading manifests}
     * @return what was read, in the order of the things
     * @throws StorageException INTERRUPTED if this thread is interrupted, whose interruption is kept
     */
    public static <T, R> List<R> each(Collection<T> things, int atATime, String what, Function<T, R> work) {
        if (things.isEmpty()) {
            return List.of();
        }
        ExecutorService threads = Executors.newFixedThreadPool(Math.min(atATime, things.size()), daemons(what));
        try {
            List<Future<R>> begun = new ArrayList<>();
            things.forEach(thing -> begun.add(threads.submit(() -> work.apply(thing))));
            List<R> read = new ArrayList<>();
            begun.forEach(each -> read.add(result(each, what)));
            return read;
        } finally {
            threads.shutdownNow();
        }
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
