package org.pgpitr.it.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What a lost server costs. {@code -Dpgpitr.exposure.runs=20} makes it often, and then asserts how much may be lost;
 * {@code -Dpgpitr.synchronous.runs=100} the same for the synchronous standby. See {@code integration-tests/bench/stream}.
 */
@Tag("scenario")
class LostServerTest {
    private static final long SEED = Long.getLong("pgpitr.seed", 20261121);

    @Test
    void what_the_periodic_stream_loses_is_the_newest_alone() throws Exception {
        int runs = Integer.getInteger("pgpitr.exposure.runs", 2);
        List<Duration> exposures = new ArrayList<>();
        for (LostServer.Loss loss : runs("exposure", false, runs)) {
            assertThat(loss.acknowledged())
                    .as("what is durable is recovered, seed %d", SEED)
                    .isGreaterThan(loss.lost());
            exposures.add(loss.exposure());
        }
        exposures.sort(null);
        Duration worst = exposures.get(runs - 1);
        System.out.println("exposure, " + runs + " runs: worst " + worst.toMillis() + " ms, median "
                + exposures.get(runs / 2).toMillis() + " ms");
        if (runs >= 20) {
            assertThat(worst).isLessThan(Duration.ofSeconds(2));
        }
    }

    @Test
    void of_a_synchronous_standby_no_acknowledged_commit_is_missing() throws Exception {
        int runs = Integer.getInteger("pgpitr.synchronous.runs", 2);
        long commits = 0;
        for (LostServer.Loss loss : runs("synchronous", true, runs)) {
            assertThat(loss.lost()).as("seed %d", SEED).isZero();
            commits += loss.acknowledged();
        }
        System.out.println("synchronous, " + runs + " runs: all of " + commits + " acknowledged commits are there");
    }

    private static List<LostServer.Loss> runs(String what, boolean synchronous, int runs) throws Exception {
        System.out.println("seed " + SEED);
        List<LostServer.Loss> losses = new ArrayList<>();
        Random random = new Random(SEED);
        try (LostServer server = new LostServer(synchronous)) {
            for (int run = 0; run < runs; run++) {
                LostServer.Loss loss = server.run(run, random);
                System.out.println(what + " run " + run + ": " + loss);
                losses.add(loss);
            }
        }
        return losses;
    }
}
