package org.pgpitr.service.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The questions of hooks, by the names of their files. */
class AskTest {
    private static final String SEGMENT = "000000010000000000000042";
    private static final String ONCE = "11111111-2222-3333-4444-555555555555";

    @TempDir
    private Path folder;

    private Spool spool;

    @BeforeEach
    void a_spool() {
        spool = new Spool(folder, Path.of("/data"));
        spool.create();
    }

    private void asked(String... names) throws IOException {
        for (String name : names) {
            Files.createFile(spool.asked().resolve(name));
        }
    }

    /** What hooks find in the pipe after that. */
    private List<String> answers(List<Ask> understood) throws IOException {
        try (AnswerPipe pipe = AnswerPipe.create(spool.answers());
                FileInputStream hooks = new FileInputStream(spool.answers().toFile())) {
            understood.addAll(Ask.pending(spool, pipe));
            byte[] lines = new byte[hooks.available()];
            assertThat(hooks.read(lines, 0, lines.length)).isEqualTo(lines.length);
            return new String(lines, StandardCharsets.UTF_8).lines().sorted().toList();
        }
    }

    @Test
    void a_question_names_its_file_its_process_and_its_number() throws Exception {
        asked(SEGMENT + ".4711", "00000002.history.4712." + ONCE, SEGMENT + ".00000028.backup.4713");
        List<Ask> understood = new ArrayList<>();
        assertThat(answers(understood)).isEmpty();
        assertThat(understood)
                .extracting(ask -> ask.file() + " " + ask.hook() + " " + ask.once())
                .containsExactlyInAnyOrder(
                        SEGMENT + " 4711 ", "00000002.history 4712 " + ONCE, SEGMENT + ".00000028.backup 4713 ");
        try (Stream<Path> files = Files.list(spool.asked())) {
            assertThat(files).hasSize(3);
        }
    }

    @Test
    void who_asks_in_the_words_of_another_version_is_told_to_do_it_himself() throws Exception {
        asked(SEGMENT + ".4711." + ONCE + ".more", SEGMENT + ".4712.short", "something.4713", "no process", SEGMENT);
        List<Ask> understood = new ArrayList<>();
        assertThat(answers(understood)).containsExactly("direct|4711|||", "direct|4712|||", "direct|4713|||");
        assertThat(understood).isEmpty();
        try (Stream<Path> files = Files.list(spool.asked())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("no process", SEGMENT);
        }
    }
}
