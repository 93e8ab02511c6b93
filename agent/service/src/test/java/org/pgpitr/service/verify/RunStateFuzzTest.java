package org.pgpitr.service.verify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.postgres.Fuzzing;
import org.pgpitr.service.Progress;

@Timeout(60)
class RunStateFuzzTest {
    private static final Clock NOON = Clock.fixed(Instant.parse("2026-11-20T12:00:00Z"), ZoneOffset.UTC);
    private static final String LATEST = "pgpitr verify 1 " + Instant.MAX + "\n";

    @TempDir
    private Path folder;

    private RunState open() {
        return RunState.open(folder, List.of("--sample", "5%"), Progress.NONE, NOON);
    }

    @Test
    void damaged_notes_of_a_run_are_read_or_begun_anew() throws Exception {
        try (RunState state = open()) {
            state.begin(new Rotation.Turn(7, 12));
            state.done("main/1/wal/00000001/00000000/000000010000000000000042.zst");
        }
        Path file;
        try (var files = Files.list(folder)) {
            file = files.findFirst().orElseThrow();
        }
        byte[] good = Files.readAllBytes(file);
        assertThat(new String(good, UTF_8)).contains("turn 7 12");
        Fuzzing.of("notes of a run", good, LATEST.getBytes(UTF_8)).cases(3_000).run(bytes -> {
            Files.write(file, bytes);
            try (RunState state = open()) {
                state.turn().ifPresent(turn -> assertThat(turn.part()).isBetween(0, 999));
                state.done("another");
            }
            try (RunState again = open()) {
                assertThat(again.isDone("another")).isTrue();
            }
        });
    }
}
