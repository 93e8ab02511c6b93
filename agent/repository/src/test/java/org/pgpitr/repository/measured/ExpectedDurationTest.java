package org.pgpitr.repository.measured;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTargetTimeline;
import org.pgpitr.repository.measured.Expectation.Basis;
import org.pgpitr.repository.plan.FactsBuilder;
import org.pgpitr.repository.plan.RecoveryPlan;
import org.pgpitr.repository.plan.RecoveryPlanner;
import org.pgpitr.repository.plan.RecoveryRequest;

class ExpectedDurationTest {
    private static final Instant THEN = Instant.parse("2026-11-20T12:00:00Z");

    /** A backup of 10,000 bytes, taken in a minute, and eight segments of 1 MB. */
    private static final RecoveryPlan PLAN = RecoveryPlanner.plan(
            new FactsBuilder()
                    .backup("2026-11-23T00:00:00Z", 1, "0/200028", "0/200100")
                    .wal(1, 2, 9)
                    .build(),
            new RecoveryRequest(new RecoveryTarget.EndOfWal(), new RecoveryTargetTimeline.Latest(), Optional.empty()));

    private static Measurement restore(String host, long bytes, long seconds) {
        return new Measurement(Measurement.Kind.RESTORE, host, THEN, bytes, Duration.ofSeconds(seconds));
    }

    private static Measurement replay(String host, long megabytes, long seconds) {
        return new Measurement(Measurement.Kind.REPLAY, host, THEN, megabytes << 20, Duration.ofSeconds(seconds));
    }

    private static ExpectedDuration expected(List<Measurement> restores, List<Measurement> replays) {
        return ExpectedDuration.of(PLAN, restores, replays, "here");
    }

    @Test
    void where_nothing_was_measured_the_backup_and_a_cautious_speed_tell() {
        ExpectedDuration expected = expected(List.of(), List.of());

        assertThat(expected.restore()).isEqualTo(new Expectation(Duration.ofMinutes(1), Basis.BACKUP, 0));
        assertThat(expected.replay()).isEqualTo(new Expectation(Duration.ofMillis(250), Basis.ASSUMED, 0));
        assertThat(expected.whole()).isEqualTo(Duration.ofMillis(60_250));
    }

    @Test
    void what_was_measured_on_this_host_counts_before_what_others_measured() {
        ExpectedDuration expected = expected(
                List.of(restore("there", 10_000, 90), restore("here", 10_000, 20)),
                List.of(replay("there", 8, 100), replay("elsewhere", 8, 200)));

        assertThat(expected.restore()).isEqualTo(new Expectation(Duration.ofSeconds(20), Basis.THIS_HOST, 1));
        assertThat(expected.replay().basis()).isEqualTo(Basis.OTHER_HOSTS);
        assertThat(expected.replay().measurements()).isEqualTo(2);
        assertThat(expected.replay().duration()).isBetween(Duration.ofSeconds(133), Duration.ofSeconds(134));
    }

    @Test
    void one_slow_restore_does_not_spoil_the_others() {
        assertThat(expected(
                                List.of(
                                        restore("here", 10_000, 500),
                                        restore("here", 10_000, 21),
                                        restore("here", 10_000, 19)),
                                List.of())
                        .restore()
                        .duration())
                .isEqualTo(Duration.ofSeconds(21));
    }

    @Test
    void restores_of_about_the_same_size_count_before_small_and_big_ones() {
        assertThat(expected(
                                List.of(
                                        restore("here", 10, 5),
                                        restore("here", 20_000, 30),
                                        restore("here", 10_000_000, 60)),
                                List.of())
                        .restore())
                .isEqualTo(new Expectation(Duration.ofSeconds(15), Basis.THIS_HOST, 1));
    }

    @Test
    void what_was_measured_long_ago_counts_no_more_once_there_is_enough_newer() {
        List<Measurement> newestFirst = List.of(
                restore("here", 10_000, 10),
                restore("here", 10_000, 10),
                restore("here", 10_000, 10),
                restore("here", 10_000, 10),
                restore("here", 10_000, 10),
                restore("here", 10_000, 900),
                restore("here", 10_000, 900));

        assertThat(expected(newestFirst, List.of()).restore())
                .isEqualTo(new Expectation(Duration.ofSeconds(10), Basis.THIS_HOST, 5));
    }
}
