package org.pgpitr.service.check;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pgpitr.postgres.Fuzzing;

@Timeout(60)
class ArchiveCommandFuzzTest {
    @Test
    void any_command_is_looked_at_soon() {
        Fuzzing.of(
                        "archive_command",
                        "/usr/bin/pgpitr archive-push %p; exit 0".getBytes(UTF_8),
                        ("pgpitr archive-push %p ||" + " ".repeat(2_000) + "/" + "a/".repeat(1_000) + "tru")
                                .getBytes(UTF_8),
                        ("pgpitr archive-push %p &" + " \t".repeat(2_000)).getBytes(UTF_8))
                .cases(3_000)
                .run(bytes -> ArchiveCommand.fault(new String(bytes, UTF_8), ""));
    }
}
