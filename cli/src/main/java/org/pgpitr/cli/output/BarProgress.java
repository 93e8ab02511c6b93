package org.pgpitr.cli.output;

import java.io.PrintWriter;
import java.util.function.LongSupplier;
import org.pgpitr.service.Progress;

/** A bar with rate and time left, redrawn in place: for a terminal. */
final class BarProgress implements Progress {
    private static final long REDRAW_NANOS = 100_000_000;
    private static final int BAR = 20;
    private static final String TO_LINE_START = "\r\u001b[K";

    private final PrintWriter err;
    private final int width;
    private final LongSupplier nanos;
    private Step step;
    private volatile long drawn;

    BarProgress(PrintWriter err, int width, LongSupplier nanos) {
        this.err = err;
        this.width = width;
        this.nanos = nanos;
    }

    @Override
    public synchronized void begin(String what, long totalBytes) {
        step = new Step(what, totalBytes, nanos.getAsLong());
        draw();
    }

    @Override
    public void advance(long bytes) {
        Step current = step;
        if (current == null) {
            return;
        }
        current.advance(bytes);
        if (nanos.getAsLong() - drawn >= REDRAW_NANOS) {
            draw();
        }
    }

    private synchronized void draw() {
        if (step == null) {
            return;
        }
        drawn = nanos.getAsLong();
        int full = step.percent() * BAR / 100;
        String line = step.what + " [" + "#".repeat(full) + " ".repeat(BAR - full) + "] " + step.percent() + "%  "
                + step.numbers(drawn);
        err.print(TO_LINE_START + line.substring(0, Math.min(line.length(), width - 1)));
        err.flush();
    }

    @Override
    public synchronized void end() {
        if (step == null) {
            return;
        }
        err.println(TO_LINE_START + step.summary(nanos.getAsLong()));
        err.flush();
        step = null;
    }

    @Override
    public synchronized void say(String line) {
        if (step == null) {
            err.println(line);
        } else {
            err.println(TO_LINE_START + line);
            draw();
        }
        err.flush();
    }
}
