package org.pgpitr.service.restore;

import java.io.IOException;
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

/** Restores lanes on several threads. The first failure stops all of them. */
final class RestoreWorkers {
    /** What a lane reader asks for at once. */
    private static final int READ_AHEAD = 2;

    private final int workers;
    private final Supplier<LaneRestore> restores;

    RestoreWorkers(int workers, Supplier<LaneRestore> restores) {
        this.workers = workers;
        this.restores = restores;
    }

    /** Returns when every lane is restored, or when no thread is at work any more after a failure. */
    void run(LaneFeed feed) throws IOException {
        ExecutorService threads = Executors.newFixedThreadPool(workers, Threads.daemons("pgpitr-restore"));
        ExecutorService readAhead = Executors.newFixedThreadPool(workers * READ_AHEAD, Threads.daemons("pgpitr-fetch"));
        try {
            CompletionService<Void> done = new ExecutorCompletionService<>(threads);
            for (int i = 0; i < workers; i++) {
                LaneRestore restore = restores.get();
                done.submit(() -> {
                    Optional<LaneFeed.Lane> lane = feed.next();
                    while (lane.isPresent()) {
                        restore.run(lane.get(), readAhead);
                        lane = feed.next();
                    }
                    return null;
                });
            }
            for (int i = 0; i < workers; i++) {
                done.take().get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("the restore was interrupted");
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        } finally {
            threads.shutdownNow();
            readAhead.shutdownNow();
            awaitEnd(threads);
        }
    }

    /** A thread that is still writing must not meet the user's next attempt. */
    private static void awaitEnd(ExecutorService threads) {
        boolean interrupted = Thread.interrupted();
        try {
            while (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static IOException rethrown(Throwable failure) {
        if (failure instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof IOException io ? io : new IOException(failure);
    }
}
