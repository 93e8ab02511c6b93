package org.pgpitr.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PasswordsTest {
    @TempDir
    Path folder;

    @Test
    void the_configured_one_goes_over_the_variable_and_the_variable_over_the_file() throws IOException {
        Files.writeString(folder.resolve(".pgpass"), "*:*:*:*:from home\n");
        Path named = Files.writeString(folder.resolve("named"), "*:*:*:*:from a named file\n");
        Map<String, String> none = Map.of();
        Map<String, String> both = Map.of("PGPASSWORD", "from the variable", "PGPASSFILE", named.toString());

        assertThat(find(both, settings(Optional.of("configured"), Optional.empty())))
                .contains("configured");
        assertThat(find(both, settings(Optional.empty(), Optional.empty()))).contains("from the variable");
        assertThat(find(Map.of("PGPASSFILE", named.toString()), settings(Optional.empty(), Optional.empty())))
                .contains("from a named file");
        assertThat(find(none, settings(Optional.empty(), Optional.of(named)))).contains("from a named file");
        assertThat(find(none, settings(Optional.empty(), Optional.empty()))).contains("from home");
        assertThat(find(none, settings(Optional.empty(), Optional.of(folder.resolve("missing")))))
                .isEmpty();
    }

    @Test
    void the_first_line_that_matches_counts() {
        ConnectionSettings settings = ConnectionSettings.of("db.example.org", 5433, "back:up", "postgres");
        assertThat(password(
                        settings,
                        "# comment",
                        "db.example.org:5432:*:*:another port",
                        "other.example.org:*:*:*:another host",
                        "*:*:app:*:another database",
                        "*:*:*:postgres:another user",
                        "db.example.org:5433:postgres:back\\:up:right\\\\ one",
                        "*:*:*:*:too late"))
                .contains("right\\ one");
        assertThat(password(settings, "", "nonsense", "a:b:c")).isEmpty();
    }

    @Test
    void a_socket_is_named_by_its_directory_or_localhost() {
        ConnectionSettings settings = ConnectionSettings.of("/run/postgresql", 5432, "postgres", "postgres");
        assertThat(password(settings, "/run/postgresql:*:*:*:by directory")).contains("by directory");
        assertThat(password(settings, "localhost:*:*:*:by name")).contains("by name");
        assertThat(password(settings, "/tmp:*:*:*:elsewhere")).isEmpty();
    }

    @Test
    void neither_password_nor_options_are_printed() {
        ConnectionSettings settings = new ConnectionSettings(
                "db.example.org",
                5432,
                "backup",
                "postgres",
                Optional.of("hidden"),
                Optional.empty(),
                Map.of("sslpassword", "hidden"),
                ConnectionSettings.DEFAULT_CONNECT_TIMEOUT,
                ConnectionSettings.DEFAULT_ANSWER_TIMEOUT);
        assertThat(settings).hasToString("user backup, database postgres at db.example.org:5432");
    }

    private Optional<String> find(Map<String, String> environment, ConnectionSettings settings) {
        return new Passwords(environment, Optional.of(folder)).find(settings);
    }

    private static Optional<String> password(ConnectionSettings settings, String... lines) {
        return new PasswordFile(List.of(lines)).password(settings);
    }

    private static ConnectionSettings settings(Optional<String> password, Optional<Path> file) {
        return new ConnectionSettings(
                "localhost",
                5432,
                "postgres",
                "postgres",
                password,
                file,
                Map.of(),
                ConnectionSettings.DEFAULT_CONNECT_TIMEOUT,
                ConnectionSettings.DEFAULT_ANSWER_TIMEOUT);
    }
}
