package org.pgpitr.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pgpitr.cluster.ArchiverStatus.Attempt;

class ArchiverStatusTest {
    private static final Optional<Attempt> EARLIER =
            Optional.of(new Attempt("000000010000000000000001", Instant.parse("2026-11-21T00:00:00Z")));
    private static final Optional<Attempt> LATER =
            Optional.of(new Attempt("000000010000000000000002", Instant.parse("2026-11-21T00:00:01Z")));

    @Test
    void a_failure_stands_until_something_is_archived() {
        assertThat(new ArchiverStatus(1, EARLIER, 1, LATER).standingFailure()).isEqualTo(LATER);
        assertThat(new ArchiverStatus(0, Optional.empty(), 1, LATER).standingFailure())
                .isEqualTo(LATER);
        assertThat(new ArchiverStatus(1, LATER, 1, EARLIER).standingFailure()).isEmpty();
        assertThat(new ArchiverStatus(1, LATER, 0, Optional.empty()).standingFailure())
                .isEmpty();
    }
}
