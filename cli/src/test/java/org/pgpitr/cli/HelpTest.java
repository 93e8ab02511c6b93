package org.pgpitr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each help as people see it. {@code -Dpgpitr.regenerate} writes the files anew; read the difference. */
class HelpTest {
    private static final Path GOLDEN = Path.of("src/test/resources/help");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "init",
                "check",
                "backup",
                "list",
                "window",
                "find",
                "plan",
                "restore",
                "verify",
                "expire",
                "pin",
                "unpin",
                "archive-push",
                "archive-get",
                "agent",
                "status",
                "stream",
                "index",
                "index rebuild",
                "keygen",
                "config",
                "config show",
                "config check",
                "config sample",
                "demo",
                "completion",
                "version"
            })
    void a_help_is_as_it_was_agreed(String command) throws IOException {
        String[] words = Stream.concat(Arrays.stream(command.split(" ")), Stream.of("--help"))
                .filter(word -> !word.isEmpty())
                .toArray(String[]::new);

        RunCli.Result result = new RunCli().run(words);

        assertThat(result.status()).isZero();
        assertThat(result.err()).isEmpty();
        Path file = GOLDEN.resolve((command.isEmpty() ? "pgpitr" : command.replace(' ', '-')) + ".txt");
        if (System.getProperty("pgpitr.regenerate") != null) {
            Files.writeString(file, result.out());
        }
        assertThat(file)
                .as("mvn -pl cli -am test -Dtest=HelpTest -Dpgpitr.regenerate"
                        + " -Dsurefire.failIfNoSpecifiedTests=false")
                .hasContent(result.out());
    }

    @Test
    void every_line_fits_the_screen() throws IOException {
        try (Stream<Path> files = Files.list(GOLDEN)) {
            for (Path file : files.toList()) {
                assertThat(Files.readAllLines(file))
                        .as(file.toString())
                        .allSatisfy(line -> assertThat(line.length()).as(line).isLessThanOrEqualTo(100));
            }
        }
    }

    @Test
    void every_command_has_examples() throws IOException {
        try (Stream<Path> files = Files.list(GOLDEN)) {
            for (Path file : files.toList()) {
                assertThat(Files.readString(file)).as(file.toString()).containsAnyOf("Examples:", "To begin with:");
            }
        }
    }
}
