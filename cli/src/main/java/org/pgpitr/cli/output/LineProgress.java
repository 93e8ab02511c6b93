package org.pgpitr.cli.output;

import java.io.PrintWriter;
import java.util.function.LongSupplier;
import org.pgpitr.service.Progress;

/** A line every ten seconds: for logs. */
final class LineProgress implements Progress {
    private static final long INTERVAL_NANOS = 10_000_000_000L;

    private final PrintWriter err;
    private final LongSupplier nanos;
    private Step step;
    private volatile long printed;

    LineProgress(PrintWriter err, LongSupplier nanos) {
        this.err = err;
        this.nanos = nanos;
    }

    @Override
    public synchronized void begin(String what, long totalBytes) {
        printed = nanos.getAsLong();
        step = new Step(what, totalBytes, printed);
    }

    @Override
    public void advance(long bytes) {
        Step current = step;
        if (current == null) {
            return;
        }
        current.advance(bytes);
        if (nanos.getAsLong() - printed >= INTERVAL_NANOS) {
            line();
        }
    }

    private synchronized void line() {
        long now = nanos.getAsLong();
        if (step != null && now - printed >= INTERVAL_NANOS) {
            printed = now;
            say(step.what + ": " + step.percent() + "%  " + step.numbers(now));
        }
    }

    @Override
    public synchronized void end() {
        if (step != null) {
            say(step.summary(nanos.getAsLong()));
            step = null;
        }
    }

    @Override
    public synchronized void say(String line) {
        err.println(line);
        err.flush();
    }
}
