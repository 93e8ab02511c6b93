package org.pgpitr.repository.lease;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pgpitr.postgres.Fuzzing;

@Timeout(60)
class LeaseFuzzTest {
    @Test
    void a_damaged_lease_is_refused_as_such() {
        String good = """
                {"token":"a1","state":"held","purpose":"backup","host":"db1","machine":"m","boot":"b","pid":"42",
                 "process_start":"7","since":"2026-11-20T14:00:00Z","expires":"2026-11-20T14:10:00Z","more":[{"x":1}]}
                """;
        Fuzzing.of("lease", good.getBytes(StandardCharsets.UTF_8))
                .declaring(IOException.class)
                .run(LeaseState::parse);
    }
}
