package org.pgpitr.cluster;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.postgres.Fuzzing;

/** Whatever stands in a password file, it has a password for a connection or none. */
@Timeout(60)
class PasswordFileFuzzTest {
    private static final String GOOD = """
            # of the test
            other.example.org:*:*:*:another
            *:5432:data\\:base:postgres:right\\\\ \\: one
            """;
    private static final ConnectionSettings SETTINGS =
            ConnectionSettings.of("db.example.org", 5432, "postgres", "data:base");

    @TempDir
    private Path home;

    private Optional<String> password(byte[] file) throws IOException {
        Files.write(home.resolve(".pgpass"), file);
        return new Passwords(Map.of(), Optional.of(home)).find(SETTINGS);
    }

    @Test
    void a_damaged_file_has_a_password_or_none() throws IOException {
        assertThat(password(GOOD.getBytes(UTF_8))).contains("right\\ : one");
        Fuzzing.of("password file", GOOD.getBytes(UTF_8))
                .cases(5_000)
                .run(bytes ->
                        password(bytes).ifPresent(found -> assertThat(found).doesNotContain("\n")));
    }

    @Test
    void a_line_of_another_server_may_be_in_any_encoding() throws IOException {
        assertThat(password(("other.example.org:*:*:*:gr\u00fc\u00dfe\n" + GOOD).getBytes(ISO_8859_1)))
                .contains("right\\ : one");
    }
}
