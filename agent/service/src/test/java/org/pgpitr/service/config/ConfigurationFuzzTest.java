package org.pgpitr.service.config;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Fuzzing;

/** Whatever stands in a configuration: it is taken, or all that is wrong is told. */
@Timeout(120)
class ConfigurationFuzzTest {
    private static final String GOOD = """
            [cluster]
            name = "main"
            data_directory = "/var/lib/postgresql/17/main"
            port = 5432

            [[repository]]
            url = "s3://bucket/prefix"
            region = "eu-central-1"

            [[repository]]
            name = "second"
            url = "file:///srv/pgpitr"

            [backup]
            workers = 2
            archive_timeout = "5min"

            [retention]
            window = "14d"
            daily = 7

            [stream]
            enabled = true
            """;

    @TempDir
    private Path folder;

    private void load(String toml, Map<String, String> variables) throws Exception {
        Path file = Files.write(folder.resolve("pgpitr.toml"), toml.getBytes(ISO_8859_1));
        try {
            ConfigurationLoader.load(new ConfigurationSources(
                    Optional.of(file), variables, List.of(), Optional.empty(), folder.resolve("none")));
        } catch (PgpitrException e) {
            assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE);
        }
    }

    @Test
    void a_damaged_file_is_taken_or_refused() {
        Fuzzing.of("configuration", GOOD.getBytes(UTF_8))
                .cases(4_000)
                .atMost(64 << 20, 0)
                .run(bytes -> load(new String(bytes, ISO_8859_1), Map.of()));
    }

    @Test
    void a_damaged_variable_is_taken_or_refused() {
        Fuzzing.of("variables", "PGPITR_BACKUP_WORKERS=2".getBytes(UTF_8), "PGPITR_RETENTION_WINDOW=7d".getBytes(UTF_8))
                .cases(2_000)
                .atMost(64 << 20, 0)
                .run(bytes -> {
                    String[] parts = new String(bytes, ISO_8859_1).split("=", 2);
                    load(GOOD, Map.of(parts[0], parts.length > 1 ? parts[1] : ""));
                });
    }

    private static void text(String name, String good, java.util.function.Consumer<String> parser) {
        Fuzzing.of(name, good.getBytes(UTF_8))
                .declaring(IllegalArgumentException.class)
                .run(bytes -> parser.accept(new String(bytes, ISO_8859_1)));
    }

    @Test
    void values_are_read_or_refused() {
        text("size", "64MB", ByteSize::parse);
        text("time span", "5min", TimeSpan::parse);
        text("address", "[::1]:9187", ListenAddress::parse);
        text("URL", "s3://bucket/some/prefix", RepositoryUrl::parse);
        text("URL of a disk", "file:///srv/pgpitr", RepositoryUrl::parse);
    }
}
