package org.pgpitr.service.prefetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pgpitr.postgres.Fuzzing;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.service.spool.SpoolOwner;

/** The line of a hook's source stands in a file that anything may have happened to. */
@Timeout(60)
class RecoverySourceFuzzTest {
    private static final String FULL = "/etc/pgpitr/pgpitr.toml" + "|a value".repeat(SpoolOwner.VARIABLES)
            + "|fast|main|3|7400000000000000001|age";
    private static final String PLAIN = "/etc/pgpitr/pgpitr.toml" + "|".repeat(SpoolOwner.VARIABLES + 5);

    @Test
    void a_damaged_line_is_that_of_a_source_or_of_none() {
        assertThat(RecoverySource.parse(FULL))
                .contains(new RecoverySource(
                        Path.of("/etc/pgpitr/pgpitr.toml"),
                        Optional.of("fast"),
                        Optional.of("main"),
                        Optional.of(3),
                        Optional.of("7400000000000000001"),
                        Optional.of(Encryption.AGE)));
        assertThat(RecoverySource.parse(PLAIN)).isPresent();
        Fuzzing.of("source of a recovery", FULL.getBytes(UTF_8), PLAIN.getBytes(UTF_8))
                .declaring(InvalidFormatException.class)
                .run(bytes -> {
                    Optional<RecoverySource> source = RecoverySource.parse(new String(bytes, UTF_8));
                    if (source.isPresent()) {
                        assertThat(source.get().wanted(Path.of("data"))).isNotNull();
                    }
                });
    }
}
