package org.pgpitr.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;

class StreamProgressTest {
    private static final Instant BEGIN = Instant.parse("2026-11-20T12:00:00Z");

    private Instant now = BEGIN;
    private final StreamProgress progress = new StreamProgress(new Deaf(), new Moving());

    private final class Moving extends Clock {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private static final class Deaf implements StreamListener {
        @Override
        public void slotCreated(String slot, Lsn from) {
            assertThat(slot).isNotEmpty();
        }

        @Override
        public void streaming(StreamPosition from) {
            assertThat(from.lsn()).isNotNull();
        }

        @Override
        public void switched(StreamPosition to) {
            assertThat(to.lsn()).isNotNull();
        }

        @Override
        public void failed(RuntimeException failure) {
            assertThat(failure).isNotNull();
        }
    }

    private static StreamPosition at(long lsn) {
        return new StreamPosition(TimelineId.FIRST, new Lsn(lsn));
    }

    private void received(long lsn, long serverEnd) {
        progress.received(at(lsn), new Lsn(serverEnd));
    }

    private void pass(int millis) {
        now = now.plusMillis(millis);
    }

    @Test
    void the_lag_is_what_the_server_has_beyond_what_is_durable() {
        progress.streaming(at(1000));
        assertThat(progress.status().lagBytes()).isZero();
        progress.durable(at(1000));
        received(1500, 4000);
        assertThat(progress.status().lagBytes()).isEqualTo(3000);
        progress.durable(at(1500));
        assertThat(progress.status().lagBytes()).isEqualTo(2500);
    }

    @Test
    void what_waits_counts_from_its_arrival() {
        progress.streaming(at(1000));
        assertThat(progress.status().waitingSince()).isEmpty();
        received(1500, 1500);
        pass(60);
        received(1600, 1600);
        pass(500);
        received(2000, 2000);
        assertThat(progress.status().waitingSince()).contains(BEGIN);
        progress.durable(at(1550));
        assertThat(progress.status().waitingSince()).contains(BEGIN);
        progress.durable(at(1600));
        assertThat(progress.status().waitingSince()).contains(BEGIN.plusMillis(560));
        progress.durable(at(2000));
        assertThat(progress.status().waitingSince()).isEmpty();
    }

    @Test
    void what_waits_is_known_under_load_also_where_the_clock_was_set_back_or_forth() {
        progress.streaming(at(1000));
        for (int jump : new int[] {-3_600_000, 3_600_000}) {
            received(2000, 2000);
            pass(jump);
            Instant jumped = now;
            for (int i = 1; i <= 5; i++) {
                pass(200);
                received(2000 + i, 2000 + i);
                progress.durable(at(2000 + i - 1));
                assertThat(progress.status().waitingSince()).contains(jumped.plusMillis(200L * i));
            }
            progress.durable(at(2005));
        }
    }

    @Test
    void a_store_that_is_away_for_long_takes_no_memory() {
        progress.streaming(at(1000));
        for (int i = 1; i <= 5000; i++) {
            received(1000 + i, 1000 + i);
            pass(1000);
        }
        assertThat(progress.status().waitingSince()).contains(BEGIN);
        progress.durable(at(1500));
        assertThat(progress.status().waitingSince()).contains(BEGIN.plus(Duration.ofSeconds(500)));
    }

    @Test
    void failures_are_counted_and_the_last_one_told() {
        progress.failed(new IllegalStateException("first"));
        progress.failed(new IllegalStateException("second"));
        StreamStatus status = progress.status();
        assertThat(status.failures()).isEqualTo(2);
        assertThat(status.state()).isEqualTo(StreamStatus.State.WAITING);
        assertThat(status.lastFailure())
                .hasValueSatisfying(last -> assertThat(last.message()).isEqualTo("second"));
    }
}
