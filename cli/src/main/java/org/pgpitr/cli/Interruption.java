package org.pgpitr.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;

/**
 * SIGINT, SIGTERM and SIGHUP end a job in order: its thread is interrupted, and the process waits until the job has
 * cleaned up behind itself. Java then ends with 128 and the signal's number.
 */
final class Interruption {
    /** Longer than any single step of cleaning up; then the process ends all the same. */
    private static final long PATIENCE_SECONDS = 60;

    private static final AtomicBoolean UNDER_WAY = new AtomicBoolean();

    private Interruption() {}

    /** Whether a signal has come. */
    static boolean isUnderWay() {
        return UNDER_WAY.get();
    }

    /** Does the job in this thread, to be interrupted by a signal. */
    static int during(IntSupplier job) {
        Thread worker = Thread.currentThread();
        CountDownLatch ended = new CountDownLatch(1);
        Thread hook = new Thread(
                () -> {
                    if (ended.getCount() == 0) {
                        return;
                    }
                    UNDER_WAY.set(true);
                    worker.interrupt();
                    await(ended);
                },
                "pgpitr-interruption");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return job.getAsInt();
        } finally {
            ended.countDown();
        }
    }

    private static void await(CountDownLatch ended) {
        try {
            if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("error: cleaning up took too long and was given up");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
