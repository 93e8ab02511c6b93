package org.pgpitr.cli.output;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** How far one step has got. */
final class Step {
    final String what;
    final long total;
    private final long startNanos;
    private final AtomicLong done = new AtomicLong();

    Step(String what, long total, long nowNanos) {
        this.what = what;
        this.total = total;
        this.startNanos = nowNanos;
    }

    void advance(long bytes) {
        done.addAndGet(bytes);
    }

    long done() {
        return done.get();
    }

    Duration elapsed(long nowNanos) {
        return Duration.ofNanos(nowNanos - startNanos);
    }

    /** 0 to 100. */
    int percent() {
        return total <= 0 ? 100 : (int) Math.min(100, 100.0 * done() / total);
    }

    /** Bytes a second since the beginning. */
    long rate(long nowNanos) {
        double seconds = elapsed(nowNanos).toNanos() / 1e9;
        return seconds <= 0 ? 0 : (long) (done() / seconds);
    }

    /** {@code 1.2 GB of 4.0 GB  123 MB/s  20 s left}. */
    String numbers(long nowNanos) {
        long rate = rate(nowNanos);
        String text = Human.size(done()) + " of " + Human.size(total) + "  " + Human.size(rate) + "/s";
        long left = total - done();
        return rate > 0 && left > 0 ? text + "  " + left(left / rate + 1) + " left" : text;
    }

    /** A forecast has no tenths of seconds. */
    private static String left(long seconds) {
        return seconds < 60 ? seconds + " s" : Human.duration(Duration.ofSeconds(seconds));
    }

    /** {@code copying: 4.0 GB in 33 s (123 MB/s)}. */
    String summary(long nowNanos) {
        return what + ": " + Human.size(done()) + " in " + Human.duration(elapsed(nowNanos)) + " ("
                + Human.size(rate(nowNanos)) + "/s)";
    }
}
