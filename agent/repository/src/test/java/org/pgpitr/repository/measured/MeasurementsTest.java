package org.pgpitr.repository.measured;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.memory.MemoryStore;

class MeasurementsTest {
    private static final Instant THEN = Instant.parse("2026-11-20T12:00:00Z");

    private final MemoryStore store = new MemoryStore();
    private final Generation generation = new Repository(store, new ClusterName("main"), Keys.none(), 1)
            .create(WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE));
    private final Measurements measurements = new Measurements(generation);

    private static Measurement restore(int minute) {
        return new Measurement(
                Measurement.Kind.RESTORE,
                "db \"one\"",
                THEN.plusSeconds(60L * minute),
                1_000_000L * (minute + 1),
                Duration.ofMillis(1_234));
    }

    @Test
    void the_newest_of_a_kind_are_told_newest_first() {
        for (int minute : new int[] {2, 0, 3, 1}) {
            measurements.add(restore(minute));
        }
        measurements.add(new Measurement(Measurement.Kind.REPLAY, "x", THEN, 1, Duration.ofSeconds(1)));

        assertThat(measurements.newest(Measurement.Kind.RESTORE, 3))
                .containsExactly(restore(3), restore(2), restore(1));
        assertThat(measurements.newest(Measurement.Kind.REPLAY, 3)).hasSize(1);
    }

    @Test
    void all_but_a_hundred_of_a_kind_are_outnumbered() {
        for (int minute = 102; minute >= 0; minute--) {
            measurements.add(restore(minute));
        }
        measurements.add(new Measurement(Measurement.Kind.REPLAY, "x", THEN, 1, Duration.ofSeconds(1)));
        ObjectKey unknown = ObjectKey.of(generation.layout().measuredPrefix("restore") + "0-of-a-newer-version");
        store.putIfAbsent(unknown, Content.of(new byte[] {1}));

        store.delete(measurements.outnumbered());

        assertThat(measurements.newest(Measurement.Kind.RESTORE, 200))
                .hasSize(100)
                .startsWith(restore(102))
                .endsWith(restore(3));
        assertThat(measurements.newest(Measurement.Kind.REPLAY, 9)).hasSize(1);
        assertThat(store.stat(unknown)).isPresent();
        assertThat(measurements.outnumbered()).isEmpty();
    }

    @Test
    void two_that_ended_in_the_same_second_are_both_kept() {
        measurements.add(restore(0));
        measurements.add(restore(0));

        assertThat(measurements.newest(Measurement.Kind.RESTORE, 9)).containsExactly(restore(0), restore(0));
    }

    @Test
    void what_can_not_be_understood_is_passed_over() {
        measurements.add(restore(0));
        String prefix = generation.layout().measuredPrefix("restore");
        for (String text : new String[] {
            "",
            "{}",
            "[1]",
            "{\"host\":\"a\",\"finished\":\"yesterday\",\"bytes\":1,\"milliseconds\":1}",
            "{\"host\":\"a\",\"finished\":\"2026-11-20T12:00:00Z\",\"bytes\":-1,\"milliseconds\":1}"
        }) {
            store.putIfAbsent(
                    ObjectKey.of(prefix + "29990101T000000Z-" + text.length()), Content.of(text.getBytes(UTF_8)));
        }

        assertThat(measurements.newest(Measurement.Kind.RESTORE, 9)).containsExactly(restore(0));
    }
}
