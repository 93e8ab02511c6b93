package org.pgpitr.cli.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.cli.option.ConfigurationOptions;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.cli.terminal.Terminal;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.ClusterIdentity;
import picocli.CommandLine;

class RestoreCommandSettingTest {
    private static final String TOML = "[cluster]\nname = \"main\"\n[[repository]]\nurl = \"file:///srv/r\"\n";

    private static final String OF_CLUSTER = " --system-identifier 7312345678901234567 --encryption age";

    @TempDir
    private Path folder;

    private RestoreCommandSetting setting(String launcher, Map<String, String> variables, String... args) {
        ConfigurationOptions options = new ConfigurationOptions();
        new CommandLine(CommandLine.Model.CommandSpec.create()
                        .addMixin("o", CommandLine.Model.CommandSpec.forAnnotatedObject(options)))
                .parseArgs(args);
        Environment environment = new Environment(
                new PrintWriter(Writer.nullWriter()),
                new PrintWriter(Writer.nullWriter()),
                variables,
                Clock.systemUTC(),
                Terminal.NONE,
                Path.of(launcher),
                folder.resolve("standard.toml"));
        return new RestoreCommandSetting(environment, options, options.load(environment, List.of()));
    }

    private static ClusterIdentity identity(int generation) {
        return new ClusterIdentity(
                ClusterIdentity.FORMAT_VERSION,
                generation,
                new SystemIdentifier(7312345678901234567L),
                new PostgresMajor(17),
                WalSegmentSize.DEFAULT,
                ClusterIdentity.Encryption.AGE,
                Instant.EPOCH);
    }

    private Path config(String name) throws IOException {
        return Files.writeString(folder.resolve(name), TOML);
    }

    @Test
    void the_standard_configuration_needs_no_option() throws IOException {
        config("standard.toml");

        assertThat(setting("/opt/pgpitr/bin/pgpitr", Map.of()).text(identity(1)))
                .isEqualTo("/opt/pgpitr/bin/pgpitr archive-get --generation 1" + OF_CLUSTER + " %f \"%p\"");
    }

    @Test
    void another_configuration_is_named_also_if_a_variable_named_it_here() throws IOException {
        String file = config("other.toml").toString();
        String expected = "/p archive-get --config " + file + " --generation 2" + OF_CLUSTER + " %f \"%p\"";

        assertThat(setting("/p", Map.of(), "--config", file).text(identity(2))).isEqualTo(expected);
        assertThat(setting("/p", Map.of("PGPITR_CONFIG", file)).text(identity(2)))
                .isEqualTo(expected);
    }

    @Test
    void without_a_configuration_the_repository_and_the_cluster_are_named() {
        assertThat(setting("/p", Map.of(), "-r", "s3://bucket/prefix", "--cluster", "main")
                        .text(identity(1)))
                .isEqualTo("/p archive-get --repository s3://bucket/prefix --cluster main --generation 1" + OF_CLUSTER
                        + " %f \"%p\"");
        assertThat(setting("/p", Map.of("PGPITR_REPOSITORY_URL", "/srv/r", "PGPITR_CLUSTER_NAME", "main"))
                        .text(identity(1)))
                .isEqualTo("/p archive-get --repository file:///srv/r --cluster main --generation 1" + OF_CLUSTER
                        + " %f \"%p\"");
    }

    @Test
    void paths_are_quoted_for_the_shell_and_for_postgresql() {
        assertThat(setting("/my programs/it's 100%/pgpitr", Map.of(), "-r", "/srv/a b", "--cluster", "main")
                        .text(identity(1)))
                .isEqualTo("'/my programs/it'\\''s 100%%/pgpitr' archive-get --repository '/srv/a b' --cluster main"
                        + " --generation 1" + OF_CLUSTER + " %f \"%p\"");
    }

    @Test
    void variables_that_no_option_can_replace_are_named() throws IOException {
        config("standard.toml");

        assertThat(setting("/p", Map.of("PGPITR_BACKUP_WORKERS", "3", "AWS_PROFILE", "p"))
                        .variables())
                .isEmpty();
        assertThat(setting(
                                "/p",
                                Map.of(
                                        "PGPITR_REPOSITORY_ENDPOINT", "http://localhost:9000",
                                        "PGPITR_IDENTITY_PASSPHRASE", "x",
                                        "AWS_PROFILE", "p"),
                                "-r",
                                "s3://bucket",
                                "--cluster",
                                "main")
                        .variables())
                .containsExactly("AWS_PROFILE", "PGPITR_IDENTITY_PASSPHRASE", "PGPITR_REPOSITORY_ENDPOINT");
    }
}
