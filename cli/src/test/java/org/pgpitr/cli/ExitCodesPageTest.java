package org.pgpitr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.pgpitr.error.ExitCode;

class ExitCodesPageTest {
    private static final Path PAGE = Path.of("../docs/exit-codes.md");
    private static final String BEGIN = "|---:|---|---|\n";

    private static String table() {
        return Arrays.stream(ExitCode.values())
                .map(code -> "| " + code.status() + " | `" + code.name() + "` | " + code.meaning() + " |\n")
                .collect(Collectors.joining());
    }

    /** {@code -Dpgpitr.regenerate} writes the table instead. */
    @Test
    void the_page_has_the_codes_of_the_program() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf("\n\n", begin) < 0 ? page.length() : page.indexOf("\n\n", begin) + 1;
        if (System.getProperty("pgpitr.regenerate") != null) {
            page = page.substring(0, begin) + table() + page.substring(end);
            Files.writeString(PAGE, page);
            end = begin + table().length();
        }
        assertThat(page.substring(begin, end)).isEqualTo(table());
    }
}
