package org.pgpitr.service.lease;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.service.Progress;

/** Waits, with a bound, for a lease that another process holds. */
public final class LeaseWait {
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private LeaseWait() {}

    /**
     * Takes something again and again while it is locked.
     *
     * @param taking throws LOCKED while another process has it
     * @param isWorthIt whether to wait for the one that has it now
     * @param most for so long
     * @throws PgpitrException what {@code taking} throws at last
     */
    public static <T> T take(Supplier<T> taking, BooleanSupplier isWorthIt, Duration most, Progress progress)
            throws InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        boolean told = false;
        while (true) {
            try {
                return taking.get();
            } catch (PgpitrException e) {
                long left = end - System.nanoTime();
                if (e.exitCode() != ExitCode.LOCKED || left <= 0 || !isWorthIt.getAsBoolean()) {
                    throw e;
                }
                if (!told) {
                    progress.say("waiting, for at most " + text(most) + ": " + e.getMessage());
                }
                told = true;
                TimeUnit.NANOSECONDS.sleep(Math.min(LOOK_NANOS, left));
            }
        }
    }

    private static String text(Duration time) {
        return time.toSecondsPart() == 0 ? time.toMinutes() + "min" : time.toSeconds() + "s";
    }
}
