package org.pgpitr.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.pgpitr.service.Progress;

class ProgressTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MB = 1 << 20;

    private final StringWriter text = new StringWriter();
    private final PrintWriter err = new PrintWriter(text);
    private final AtomicLong now = new AtomicLong(5 * SECOND);

    @Test
    void a_log_gets_a_line_every_ten_seconds_and_one_at_the_end() {
        Progress progress = new LineProgress(err, now::get);

        progress.begin("copying", 100 * MB);
        for (int i = 0; i < 25; i++) {
            now.addAndGet(SECOND);
            progress.advance(4 * MB);
        }
        progress.end();

        assertThat(text).hasToString("""
                copying: 40%  40 MB of 100 MB  4.0 MB/s  16 s left
                copying: 80%  80 MB of 100 MB  4.0 MB/s  6 s left
                copying: 100 MB in 25 s (4.0 MB/s)
                """);
    }

    @Test
    void a_terminal_gets_a_bar_in_place_with_rate_and_time_left() {
        Progress progress = new BarProgress(err, 80, now::get);

        progress.begin("copying", 100 * MB);
        now.addAndGet(SECOND);
        progress.advance(25 * MB);
        progress.say("waiting for something");
        now.addAndGet(SECOND);
        progress.advance(75 * MB);
        progress.end();

        assertThat(text.toString().replace("\r\u001b[K", "<")).isEqualTo("""
                <copying [                    ] 0%  0 B of 100 MB  0 B/s\
                <copying [#####               ] 25%  25 MB of 100 MB  25 MB/s  4 s left\
                <waiting for something
                <copying [#####               ] 25%  25 MB of 100 MB  25 MB/s  4 s left\
                <copying [####################] 100%  100 MB of 100 MB  50 MB/s\
                <copying: 100 MB in 2.0 s (50 MB/s)
                """);
    }

    @Test
    void a_bar_never_wraps_and_what_was_not_begun_is_not_shown() {
        Progress progress = new BarProgress(err, 40, now::get);

        progress.advance(1);
        progress.end();
        assertThat(text.toString()).isEmpty();

        progress.begin("a step with a very long name that fills it", 100);
        assertThat(text.toString().replace("\r\u001b[K", "")).hasSize(39);
    }

    @Test
    void more_than_was_announced_and_nothing_at_all_are_both_whole() {
        Progress progress = new LineProgress(err, now::get);

        progress.begin("nothing", 0);
        progress.end();
        progress.begin("more", 10);
        progress.advance(20);
        progress.end();

        assertThat(text.toString().lines())
                .containsExactly("nothing: 0 B in 0 ms (0 B/s)", "more: 20 B in 0 ms (0 B/s)");
    }
}
