package org.pgpitr.service.spool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.postgres.Fuzzing;

/** The spool is anybody's to write to: what lies in it is understood or passed over. */
@Timeout(120)
class SpoolFuzzTest {
    private static final int CASES = 3_000;
    private static final String SEGMENT = "000000010000000000000042";

    @TempDir
    private Path folder;

    private Spool spool;

    @BeforeEach
    void a_spool() {
        spool = new Spool(folder, Path.of("/data"));
        spool.create();
    }

    @Test
    void a_damaged_status_is_read_or_says_nothing() throws Exception {
        StatusFile file = new StatusFile(folder.resolve("status.json"));
        file.write(StatusFile.ofThisProcess(java.time.Instant.EPOCH, java.time.Instant.EPOCH));
        byte[] good = Files.readAllBytes(folder.resolve("status.json"));
        for (byte[] bytes : List.of(good, bytes("null"), bytes("[]"), bytes(""), bytes("{\"pid\":1.5}"))) {
            Files.write(folder.resolve("status.json"), bytes);
            assertThat(file.last().isPresent()).isEqualTo(bytes == good);
        }
        Fuzzing.of("status", good).cases(CASES).run(bytes -> {
            Files.write(folder.resolve("status.json"), bytes);
            file.last().ifPresent(word -> assertThat(word.updated()).isNotNull());
            StatusFile.isOfRunningProcess(folder.resolve("status.json"));
        });
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @Test
    void the_name_of_a_question_is_understood_or_its_hook_told_so() {
        Fuzzing.of(
                        "question",
                        bytes(SEGMENT + ".4711.11111111-2222-3333-4444-555555555555"),
                        bytes("00000002.history.4712"),
                        bytes(SEGMENT + ".00000028.backup.4713"))
                .cases(CASES)
                .run(bytes -> {
                    Path place = place(spool.asked(), bytes);
                    if (place == null) {
                        return;
                    }
                    Files.createFile(place);
                    try {
                        for (Ask ask : Ask.pending(spool)) {
                            assertThat(ask.hook()).matches("[0-9]+");
                            assertThat(HookProcess.of(ask)).isEmpty();
                        }
                    } finally {
                        Files.delete(place);
                    }
                });
    }

    @Test
    void the_word_of_a_delivery_is_heard_or_passed_over() throws Exception {
        Spool recovery = spool.recovery();
        Path place = recovery.delivered().resolve(SEGMENT);
        Fuzzing.of("word", bytes("1|2|/srv/gr\u00f6\u00dfe|name\n"))
                .cases(CASES)
                .run(bytes -> {
                    Files.write(place, bytes);
                    assertThat(Delivery.pending(recovery))
                            .singleElement()
                            .satisfies(word -> assertThat(word.file()).isPresent());
                });
        Files.delete(place);
        Fuzzing.of("name of a word", bytes(SEGMENT), bytes("nothing"), bytes("00000002.history"))
                .cases(CASES)
                .run(bytes -> {
                    Path named = place(recovery.delivered(), bytes);
                    if (named != null) {
                        Files.write(named, bytes("of"));
                        try {
                            assertThat(Delivery.pending(recovery)).hasSizeLessThan(2);
                        } finally {
                            Files.delete(named);
                        }
                    }
                });
    }

    /** @return null if that can't be the name of a file */
    private static Path place(Path folder, byte[] bytes) {
        String name = new String(bytes, UTF_8);
        boolean isName = name.chars().allMatch(c -> c > ' ' && c < 127 && c != '/') && !name.matches("\\.{0,2}");
        return isName && name.length() < 200 ? folder.resolve(name) : null;
    }
}
