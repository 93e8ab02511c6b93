package org.pgpitr.service.verify;

import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.pgpitr.repository.Threads;

/** Does pieces of work on several threads, each when a thread is free. The first failure stops all of them. */
final class Workers {
    /** What a lane's reader asks for at once. */
    private static final int READ_AHEAD = 2;

    private static final long END_SECONDS = 60;

    private final int count;

    Workers(int count) {
        this.count = count;
    }

    /** A piece of work; objects may be fetched ahead on {@code readAhead}. */
    interface Piece {
        void run(ExecutorService readAhead);
    }

    /**
     * Returns when all is done, or when no thread is at work any more after a failure.
     *
     * @param source gives the next piece, empty behind the last one; asked by several threads, by one at a time
     */
    void run(Supplier<Optional<? extends Piece>> source) {
        ExecutorService threads = Executors.newFixedThreadPool(count, Threads.daemons("pgpitr-verify"));
        ExecutorService readAhead = Executors.newFixedThreadPool(count * READ_AHEAD, Threads.daemons("pgpitr-fetch"));
        Object turn = new Object();
        try {
            CompletionService<Void> done = new ExecutorCompletionService<>(threads);
            for (int i = 0; i < count; i++) {
                done.submit(() -> {
                    while (true) {
                        Optional<? extends Piece> next;
                        synchronized (turn) {
                            next = source.get();
                        }
                        if (next.isEmpty()) {
                            return null;
                        }
                        next.get().run(readAhead);
                    }
                });
            }
            for (int i = 0; i < count; i++) {
                done.take().get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("the verification was interrupted");
        } catch (ExecutionException e) {
            throw unchecked(e.getCause());
        } finally {
            readAhead.shutdownNow();
            end(threads);
        }
    }

    private static RuntimeException unchecked(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof RuntimeException known ? known : new IllegalStateException(failure);
    }

    /** Nobody is at work any more when this returns, or not for a minute. */
    private static void end(ExecutorService threads) {
        threads.shutdownNow();
        try {
            threads.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
