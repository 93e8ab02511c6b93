package org.pgpitr.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher itself, under each shell that people have as {@code sh}, with a Java that only writes down its call. */
@ParameterizedClass
@ValueSource(strings = {"dash", "bash --posix", "busybox sh"})
class LauncherTest {
    private static final Path LAUNCHER = Path.of("../pgpitr");

    private static final String BUILD = """
            printf '%s\\n' "$PWD" "$*" >> "$CALL.mvn"
            mkdir -p cli/target/dist/pgpitr/lib
            : > cli/target/dist/pgpitr/lib/pgpitr.jar
            echo digest > cli/target/dist/pgpitr/built
            """;

    private final List<String> shell;

    @TempDir
    private Path folder;

    private Path home;
    private Path java;

    LauncherTest(String shell) {
        this.shell = Arrays.asList(shell.split(" "));
    }

    private record Result(int status, String out, List<String> call) {}

    @BeforeEach
    void a_distribution_in_a_folder_with_a_blank_in_its_name() throws IOException, InterruptedException {
        assumeTrue(exists(shell.get(0)), shell.get(0) + " is not installed");
        home = Files.createDirectories(folder.resolve("my programs/pgpitr"));
        Files.createDirectories(home.resolve("bin"));
        Files.createDirectories(home.resolve("lib"));
        Files.copy(LAUNCHER, home.resolve("bin/pgpitr"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(home.resolve("lib/pgpitr.jar"), "");
        java = java("17.0.9", """
                printf '%s\\n' "$@" > "$CALL"
                exit ${STATUS:-0}
                """);
    }

    private static boolean exists(String program) throws IOException, InterruptedException {
        return new ProcessBuilder("sh", "-c", "command -v " + program + " >/dev/null")
                        .start()
                        .waitFor()
                == 0;
    }

    private Path java(String version, String body) throws IOException {
        Path jdk = folder.resolve("jdk " + version);
        Path program = Files.createDirectories(jdk.resolve("bin")).resolve("java");
        Files.writeString(program, "#!/bin/sh\n" + body);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        return program;
    }

    private Result run(Path launcher, Map<String, String> variables, String... args)
            throws IOException, InterruptedException {
        Path call = folder.resolve("call");
        Files.deleteIfExists(call);
        List<String> words = new ArrayList<>(shell);
        words.add(launcher.toString());
        words.addAll(List.of(args));
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectErrorStream(true).directory(folder.toFile());
        builder.environment().remove("JAVA_HOME");
        builder.environment().put("PGPITR_JAVA", java.toString());
        builder.environment().put("CALL", call.toString());
        builder.environment().putAll(variables);
        Process process = builder.start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), out, Files.exists(call) ? Files.readAllLines(call) : List.of());
    }

    private Path launcher() {
        return home.resolve("bin/pgpitr");
    }

    @Test
    void arguments_arrive_as_they_were_given() throws Exception {
        Result result = run(launcher(), Map.of(), "plan", "--target-name", "a 'b' \"c\" $d *", "");

        assertThat(result.out()).isEmpty();
        assertThat(result.status()).isZero();
        assertThat(result.call()).endsWith("plan", "--target-name", "a 'b' \"c\" $d *", "");
        assertThat(result.call()).containsSequence("-jar", home.toRealPath() + "/lib/pgpitr.jar", "plan");
    }

    @Test
    void the_program_hears_where_it_was_called_also_behind_symbolic_links() throws Exception {
        Path chain = Files.createSymbolicLink(home.resolve("bin/also"), Path.of("pgpitr"));
        Path link = Files.createSymbolicLink(folder.resolve("a link"), chain);

        assertThat(run(launcher(), Map.of(), "version").call())
                .contains("-Dpgpitr.launcher=" + home.toRealPath() + "/bin/pgpitr");
        assertThat(run(link, Map.of(), "version").call())
                .contains("-Dpgpitr.launcher=" + folder + "/a link")
                .contains(home.toRealPath() + "/lib/pgpitr.jar");
        assertThat(run(Path.of("a link"), Map.of(), "version").call())
                .contains("-Dpgpitr.launcher=" + folder.toRealPath() + "/a link");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "91, 1",
        "1, 129",
        "2, 130",
        "10, 138",
        "15, 255",
        "30, 158",
        "32, 160",
        "70, 198",
        "125, 253",
        "126, 126",
        "137, 137",
        "143, 143"
    })
    void archive_get_maps_every_failure_out_of_postgresqls_reach(int java, int launcher) throws Exception {
        assertThat(run(launcher(), Map.of("STATUS", Integer.toString(java)), "archive-get", "F", "P")
                        .status())
                .isEqualTo(launcher);
        assertThat(run(launcher(), Map.of("STATUS", Integer.toString(java)), "--config", "c", "archive-get", "F", "P")
                        .status())
                .isEqualTo(launcher);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 21, 70, 91})
    void other_commands_keep_their_exit_status(int status) throws Exception {
        assertThat(run(launcher(), Map.of("STATUS", Integer.toString(status)), "archive-push", "P")
                        .status())
                .isEqualTo(status);
    }

    @Test
    void a_java_that_does_not_work_is_no_absence() throws Exception {
        for (String broken : List.of("false", "true", "/bin/cat", "/nonexistent/java")) {
            Result result = run(launcher(), Map.of("PGPITR_JAVA", broken), "archive-get", "F", "P");

            assertThat(result.status()).as(broken + ": " + result.out()).isEqualTo(127);
            assertThat(result.out()).startsWith("error: ").contains("hint: ");
        }
    }

    @Test
    void a_java_that_is_killed_or_can_not_start_is_no_absence() throws Exception {
        java = java("21", "kill -KILL $$\n");
        assertThat(run(launcher(), Map.of(), "archive-get", "F", "P").status()).isEqualTo(137);

        java = java("22", "echo 'Error: Could not create the Java Virtual Machine.' >&2; exit 1\n");
        assertThat(run(launcher(), Map.of(), "archive-get", "F", "P").status()).isEqualTo(129);
    }

    @Test
    void an_old_java_is_refused() throws Exception {
        java = java("11.0.2", "exit 0\n");
        Result result = run(launcher(), Map.of(), "version");

        assertThat(result.status()).isEqualTo(127);
        assertThat(result.out()).contains("is Java 11.0.2; pgpitr needs 17 or newer");
    }

    @Test
    void java_comes_from_its_home_or_the_path_too() throws Exception {
        Map<String, String> noJava = Map.of("PGPITR_JAVA", "", "JAVA_HOME", folder + "/none");
        Map<String, String> byHome = Map.of(
                "PGPITR_JAVA", "", "JAVA_HOME", java.getParent().getParent().toString());
        Map<String, String> byPath = Map.of("PGPITR_JAVA", "", "PATH", java.getParent() + ":" + System.getenv("PATH"));

        assertThat(run(launcher(), noJava, "version").status()).isEqualTo(127);
        assertThat(run(launcher(), byHome, "version").call()).isNotEmpty();
        assertThat(run(launcher(), byPath, "version").call()).isNotEmpty();
    }

    @Test
    void a_folder_without_a_program_is_told() throws Exception {
        Files.delete(home.resolve("lib/pgpitr.jar"));
        Result result = run(launcher(), Map.of(), "archive-get", "F", "P");

        assertThat(result.status()).isEqualTo(127);
        assertThat(result.out()).contains("pgpitr is incomplete");
    }

    private Path sourceTree(String maven) throws IOException {
        Path tree = Files.createDirectories(folder.resolve("a source tree"));
        Files.copy(LAUNCHER, tree.resolve("pgpitr"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(tree.resolve("pom.xml"), "");
        onPath("mvn", maven);
        return tree;
    }

    private void onPath(String name, String body) throws IOException {
        Path program = Files.createDirectories(folder.resolve("path")).resolve(name);
        Files.writeString(program, "#!/bin/sh\n" + body);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Map<String, String> withPath() {
        return Map.of("PATH", folder.resolve("path") + ":" + System.getenv("PATH"));
    }

    @Test
    void a_source_tree_is_built_on_first_use_with_one_line_that_says_so() throws Exception {
        Path tree = sourceTree(BUILD + "echo 'what Maven says'\n");

        Result first = run(tree.resolve("pgpitr"), withPath(), "plan");
        Result second = run(tree.resolve("pgpitr"), withPath(), "plan");

        assertThat(first.out()).isEqualTo("pgpitr: first use of this source tree; building (a minute or so)...\n");
        assertThat(first.call()).containsSequence("-jar", tree.toRealPath() + "/cli/target/dist/pgpitr/lib/pgpitr.jar");
        assertThat(second.status()).isZero();
        assertThat(second.out()).isEmpty();
        assertThat(Files.readAllLines(folder.resolve("call.mvn")))
                .hasSize(2)
                .first()
                .isEqualTo(tree.toRealPath().toString());
        assertThat(tree.resolve("target").toFile().list()).containsExactly("first-build.log");
    }

    @Test
    void a_build_that_fails_is_told_and_is_no_absence() throws Exception {
        Path tree = sourceTree("echo 'cannot find symbol'\nexit 1\n");

        Result result = run(tree.resolve("pgpitr"), withPath(), "archive-get", "F", "P");

        assertThat(result.status()).isEqualTo(127);
        assertThat(result.out())
                .contains(
                        "error: the build failed; its last lines: cannot find symbol",
                        "hint: the whole log is " + tree.toRealPath() + "/target/first-build.log");
        assertThat(result.call()).isEmpty();
        assertThat(tree.resolve("target").toFile().list()).containsExactly("first-build.log");
    }

    @Test
    void two_first_uses_at_the_same_time_build_once() throws Exception {
        Path tree = sourceTree("until [ -e \"$CALL.waits\" ]; do /bin/sleep 0.05; done\n" + BUILD);
        onPath("sleep", ": > \"$CALL.waits\"\nexec /bin/sleep 0.1\n");
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            Callable<Result> use = () -> run(tree.resolve("pgpitr"), withPath(), "archive-push", "P");
            for (Future<Result> result : pool.invokeAll(List.of(use, use))) {
                assertThat(result.get().status()).as(result.get().out()).isZero();
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(Files.readAllLines(folder.resolve("call.mvn"))).hasSize(2);
        assertThat(tree.resolve("target").toFile().list()).containsExactly("first-build.log");
    }

    @Test
    void a_build_that_was_killed_holds_nobody_up() throws Exception {
        Path tree = sourceTree(BUILD);
        Process killed = new ProcessBuilder("true").start();
        killed.waitFor();
        Path target = Files.createDirectories(tree.resolve("target"));
        Files.createSymbolicLink(target.resolve("first-build.pid"), Path.of(Long.toString(killed.pid())));

        assertThat(run(tree.resolve("pgpitr"), withPath(), "plan").status()).isZero();
        assertThat(target.toFile().list()).containsExactly("first-build.log");
    }

    @Test
    void an_archive_of_classes_is_made_once_for_these_jars_and_this_java_and_never_by_a_hook() throws Exception {
        java = java("17.0.9", """
                for argument in "$@"; do
                    case $argument in
                    -XX:ArchiveClassesAtExit=*) : > "${argument#*=}" ;;
                    esac
                done
                printf '%s\\n' "$@" > "$CALL"
                """);
        Files.writeString(home.resolve("built"), "digest\n");

        assertThat(run(launcher(), Map.of(), "archive-push", "P").call()).noneMatch(word -> word.contains(".jsa"));
        assertThat(run(launcher(), Map.of(), "init").call())
                .contains("-XX:SharedArchiveFile=" + home.toRealPath() + "/cds/17.0.9-digest.jsa");
        assertThat(run(launcher(), Map.of(), "archive-push", "P").call())
                .contains("-XX:SharedArchiveFile=" + home.toRealPath() + "/cds/17.0.9-digest.jsa");
        Files.writeString(home.resolve("built"), "another\n");
        assertThat(run(launcher(), Map.of(), "archive-push", "P").call()).noneMatch(word -> word.contains(".jsa"));
    }

    @Test
    void an_archive_that_can_not_be_made_is_no_failure() throws Exception {
        java = java("17.0.9", """
                case "$*" in *warm-up*) echo "went wrong"; exit 1 ;; esac
                printf '%s\\n' "$@" > "$CALL"
                """);
        Files.writeString(home.resolve("built"), "digest\n");
        Result result = run(launcher(), Map.of(), "version");

        assertThat(result.status()).isZero();
        assertThat(result.out()).isEmpty();
        assertThat(home.resolve("cds")).isEmptyDirectory();
    }

    @Test
    void more_options_for_java_can_be_given() throws Exception {
        List<String> call = run(launcher(), Map.of("PGPITR_JAVA_OPTS", "-Xmx1g -Dx=y"), "backup")
                .call();

        assertThat(call).contains("-Xmx1g", "-Dx=y");
        assertThat(call.indexOf("-Xmx1g")).isGreaterThan(call.indexOf("-Xmx480m"));
    }

    @Test
    void what_reads_all_content_gets_the_compiler_that_digests_are_worth() throws Exception {
        List<String> verify = run(launcher(), Map.of(), "verify").call();
        for (String command : List.of("plan", "window")) {
            List<String> full = run(launcher(), Map.of(), command, "--full").call();
            assertThat(full.subList(0, full.size() - 2)).isEqualTo(verify.subList(0, verify.size() - 1));
            assertThat(run(launcher(), Map.of(), command).call()).contains("-XX:TieredStopAtLevel=1");
        }
    }

    @Test
    void an_agent_that_a_hook_starts_is_an_agent_and_not_that_hook() throws Exception {
        Map<String, String> failing = Map.of("STATUS", "1");
        Result agent = run(launcher(), failing, "agent");
        Result onDemand = run(launcher(), failing, "agent", "--on-demand", "archive-get");

        assertThat(onDemand.status()).isEqualTo(agent.status());
        assertThat(onDemand.call())
                .startsWith(agent.call().toArray(String[]::new))
                .endsWith("--on-demand", "archive-get")
                .doesNotContain("-XX:TieredStopAtLevel=1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-c", "--config", "-r", "--repository", "--cluster"})
    void the_command_is_found_behind_the_options_that_may_stand_before_it(String option) throws Exception {
        assertThat(run(launcher(), Map.of(), option, "list", "-q", "backup").call())
                .contains("-XX:MinHeapFreeRatio=10", option, "list", "-q", "backup");
        assertThat(run(launcher(), Map.of("PGPITR_JAVA", "/nonexistent/java"), option, "F", "archive-push", "P")
                        .status())
                .isEqualTo(70);
        assertThat(run(launcher(), Map.of("STATUS", "2"), option, "archive-get", "F", "P")
                        .status())
                .as("a mistake, and no absence all the same")
                .isEqualTo(130);
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "KILL, 137"}) // INT and HUP may be ignored where the tests run in the background
    void an_ended_archive_get_leaves_no_file_behind(String signal, int status) throws Exception {
        java = java("17.0.9", """
                for argument in "$@"; do
                    case $argument in
                    -Dpgpitr.process=*) process=${argument#*=} ;;
                    esac
                done
                : > "$PLACE.pgpitr-$process-42.tmp"
                : > "$PLACE.pgpitr-1-42.tmp"
                [ %1$s = KILL ] || kill -%1$s $PPID
                kill -%1$s $$
                """.formatted(signal));
        Path place = Files.createDirectories(folder.resolve("a place")).resolve("RECOVERYXLOG");

        assertThat(run(launcher(), Map.of("PLACE", place.toString()), "archive-get", "F", place.toString(), "--debug")
                        .status())
                .isEqualTo(status);
        assertThat(place.getParent()).isDirectoryContaining("glob:**.pgpitr-1-42.tmp");
        assertThat(place.getParent().toFile().list()).hasSize(1);
    }
}
