package org.pgpitr.service.agent;

import java.time.Duration;

/** Waits between attempts: each twice the one before. Measured by a clock that nobody sets. */
public final class Pause {
    private static final Duration FIRST = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private int failures;
    private long until = System.nanoTime();

    public void failed() {
        Duration wait = FIRST.multipliedBy(1L << Math.min(failures, 10));
        failures++;
        until = System.nanoTime() + (wait.compareTo(LONGEST) > 0 ? LONGEST : wait).toNanos();
    }

    public void succeeded() {
        failures = 0;
        until = System.nanoTime();
    }

    public boolean isOver() {
        return left().isZero();
    }

    public Duration left() {
        return Duration.ofNanos(Math.max(0, until - System.nanoTime()));
    }
}
