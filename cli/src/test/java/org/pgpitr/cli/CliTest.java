package org.pgpitr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CliTest {
    @TempDir
    private Path folder;

    @Test
    void a_mistyped_command_is_told_what_was_meant() {
        RunCli.Result result = new RunCli().run("bakcup");

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).startsWith("error: no such command: bakcup\nhint: did you mean backup");
    }

    @Test
    void a_mistyped_option_is_told_what_was_meant() {
        RunCli.Result result = new RunCli().run("plan", "--target-tim", "x");

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err())
                .startsWith("error: unknown options: '--target-tim', 'x'\nhint: did you mean --target-time");
    }

    @Test
    void no_command_and_a_missing_option_are_usage_errors() {
        assertThat(new RunCli().run())
                .isEqualTo(new RunCli.Result(
                        2, "", "error: missing command\nhint: `pgpitr --help` tells how it is used\n"));
        assertThat(new RunCli().run("restore"))
                .isEqualTo(new RunCli.Result(
                        2,
                        "",
                        "error: missing required option: '--into=DIR'\n"
                                + "hint: `pgpitr restore --help` tells how it is used\n"));
        assertThat(new RunCli().run("list", "what").err()).startsWith("error: one argument too many: what\n");
    }

    @Test
    void a_missing_configuration_is_told_with_what_to_do() {
        RunCli.Result result = new RunCli().run("list");

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).isEqualTo("""
                error: no repository is configured
                hint: set [[repository]] url in /etc/pgpitr/pgpitr.toml, or give --repository URL
                """);
    }

    @Test
    void with_json_an_error_is_json_on_the_standard_output_and_text_for_people() throws IOException {
        RunCli.Result result =
                new RunCli().run("list", "--json", "-r", folder.resolve("none").toString());

        assertThat(result.status()).isEqualTo(2);
        Map<String, Object> error = JSON.std.mapFrom(result.out());
        assertThat(error.get("error"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                .containsEntry("code", "USAGE")
                .containsEntry("exit_status", 2)
                .containsEntry("message", "the cluster's name is not configured")
                .containsKeys("hint", "details");
        assertThat(result.err()).startsWith("error: the cluster's name is not configured\n");
    }

    @Test
    void a_repository_that_is_not_there_exits_with_10() {
        RunCli.Result folderMissing = new RunCli()
                .run("list", "--cluster", "main", "-r", folder.resolve("none").toString());
        RunCli.Result clusterMissing = new RunCli().run("list", "--cluster", "main", "-r", folder.toString());

        assertThat(folderMissing.status()).isEqualTo(10);
        assertThat(folderMissing.err()).contains("error: ").contains("hint: ");
        assertThat(clusterMissing.status()).isEqualTo(10);
        assertThat(clusterMissing.err()).contains("pgpitr init");
    }

    @Test
    void a_label_that_postgresql_does_not_take_is_a_usage_error() {
        for (String label : List.of("two\nlines", "ä".repeat(512), "a\ttab")) {
            RunCli.Result result = new RunCli().run("backup", "--label", label);

            assertThat(result.status()).as(result.err()).isEqualTo(2);
            assertThat(result.err()).startsWith("error: --label is not one line of up to 1023 bytes\nhint: ");
        }
        assertThat(new RunCli().run("backup", "--label", "ä".repeat(511)).err()).doesNotContain("--label");
    }

    @Test
    void colours_are_for_terminals_alone_and_not_with_no_color() {
        assertThat(new RunCli().at(RunCli.person()).run("list").err()).startsWith("\u001b[");
        assertThat(new RunCli()
                        .at(RunCli.person())
                        .with("NO_COLOR", "1")
                        .run("list")
                        .err())
                .startsWith("error: ");
        assertThat(new RunCli().run("list").err()).startsWith("error: ");
    }

    @Test
    void debug_adds_the_stack_trace() {
        assertThat(new RunCli().run("list", "--debug").err())
                .contains("error: no repository is configured")
                .contains("at org.pgpitr.service.config.Configuration");
    }

    @Test
    void archive_get_says_absent_with_a_status_that_java_never_ends_with_by_itself() throws IOException {
        RunCli.Result result = new RunCli()
                .run(
                        "archive-get",
                        "000000010000000000000001",
                        folder + "/x",
                        "-r",
                        folder.toString(),
                        "--cluster",
                        "m");

        // no repository there: an error, not absence
        assertThat(result.status()).isEqualTo(10);
        assertThat(Files.exists(folder.resolve("x"))).isFalse();
    }

    @Test
    void version_prints_itself_for_people_and_programs() throws IOException {
        assertThat(new RunCli().run("version").out()).startsWith("pgpitr ");
        assertThat(new RunCli().run("--version").out()).startsWith("pgpitr ");
        assertThat(JSON.std.mapFrom(new RunCli().run("version", "--json").out()))
                .containsOnlyKeys("pgpitr", "java", "system");
    }

    @Test
    void completion_knows_all_commands_and_options() {
        assertThat(new RunCli().run("completion").out())
                .contains("restore", "--target-time", "archive-push", "config")
                .doesNotContain("warm-up");
    }

    @Test
    void what_the_launcher_rehearses_for_javas_archive_works() {
        assertThat(new RunCli().run("warm-up")).isEqualTo(new RunCli.Result(0, "", ""));
    }

    @Test
    void the_configuration_is_shown_with_where_it_came_from_and_checked() throws IOException {
        Path config = Files.writeString(folder.resolve("p.toml"), """
                [cluster]
                name = "main"
                password = "hidden"
                [[repository]]
                url = "/srv"
                """);
        Files.setPosixFilePermissions(config, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));

        RunCli.Result show =
                new RunCli().with("PGPITR_CLUSTER_PORT", "5433").run("config", "show", "--config", config.toString());
        RunCli.Result check = new RunCli().run("config", "check", "-c", config.toString());

        assertThat(show.err()).isEmpty();
        assertThat(show.out().lines().map(line -> line.replaceAll(" +", " ").strip()))
                .startsWith("KEY VALUE FROM")
                .contains(
                        "cluster.name main " + config + ":2",
                        "cluster.port 5433 PGPITR_CLUSTER_PORT",
                        "cluster.user postgres default",
                        "cluster.password ******** " + config + ":3",
                        "repository.1.url /srv " + config + ":5");
        assertThat(show.out()).doesNotContain("hidden");
        assertThat(check.out())
                .isEqualTo("the configuration in " + config + " is sound: cluster \"main\", file:///srv\n");
    }

    @Test
    void the_samples_configuration_can_be_checked_as_it_is() throws IOException {
        Path config = Files.writeString(
                folder.resolve("sample.toml"),
                new RunCli().run("config", "sample").out());

        assertThat(new RunCli()
                        .with("PGPITR_CONFIG", config.toString())
                        .run("config", "check")
                        .status())
                .isZero();
    }
}
