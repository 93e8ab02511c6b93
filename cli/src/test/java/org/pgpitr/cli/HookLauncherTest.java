package org.pgpitr.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgpitr.error.ExitCode;
import org.pgpitr.service.spool.Acknowledgements;
import org.pgpitr.service.spool.AnswerPipe;
import org.pgpitr.service.spool.Ask;
import org.pgpitr.service.spool.Spool;
import org.pgpitr.service.spool.SpoolOwner;

/** The launcher as archive_command with an agent's spool, under each shell, with a Java that only says that it ran. */
@ParameterizedClass
@ValueSource(strings = {"dash", "bash --posix", "busybox sh"})
class HookLauncherTest {
    private static final Path LAUNCHER = Path.of("../pgpitr").toAbsolutePath();
    private static final String SEGMENT = "000000010000000000000042";
    private static final Path FILE = Path.of("pg_wal", SEGMENT);
    private static final int DONE_BY_JAVA = 7;
    private static final long PATIENCE_SECONDS = 60;

    private final List<String> shell;

    @TempDir
    private Path folder;

    private Path home;
    private Path data;
    private Path config;
    private Spool spool;
    private Acknowledgements acknowledgements;

    HookLauncherTest(String shell) {
        this.shell = Arrays.asList(shell.split(" "));
    }

    private record Result(int status, String out) {
        void isDoneByJava() {
            assertThat(out).isEqualTo("java did it\n");
            assertThat(status).isEqualTo(DONE_BY_JAVA);
        }
    }

    @BeforeEach
    void a_cluster_whose_agent_has_acknowledged_a_segment() throws Exception {
        assumeTrue(
                new ProcessBuilder("sh", "-c", "command -v " + shell.get(0) + " >/dev/null")
                                .start()
                                .waitFor()
                        == 0,
                shell.get(0) + " is not installed");
        folder = folder.toRealPath();
        home = Files.createDirectories(folder.resolve("home/bin")).getParent();
        Files.createDirectories(home.resolve("lib"));
        Files.copy(LAUNCHER, home.resolve("bin/pgpitr"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(home.resolve("lib/pgpitr.jar"), "");
        Path java = Files.createDirectories(folder.resolve("jdk/bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\necho 'java did it'; exit " + DONE_BY_JAVA + "\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"17.0.9\"\n");

        data = cluster("my data");
        config = Files.writeString(folder.resolve("pgpitr.toml"), "");
        spool = new Spool(folder.resolve("spool"), data);
        spool.create();
        acknowledgements = new Acknowledgements(spool);
        acknowledgements.begin(owner());
        acknowledgements.add(SEGMENT, Files.getLastModifiedTime(data.resolve(FILE)));
    }

    private Path cluster(String name) throws IOException {
        Path directory = Files.createDirectory(folder.resolve(name));
        Files.createDirectory(directory.resolve("pg_wal"));
        Files.writeString(directory.resolve(FILE), "wal");
        Files.writeString(directory.resolve("PG_VERSION"), "17\n");
        return directory;
    }

    private SpoolOwner owner() throws IOException {
        return SpoolOwner.of(
                Files.getLastModifiedTime(data.resolve("PG_VERSION")),
                config,
                Optional.of(Files.getLastModifiedTime(config)),
                Map.of());
    }

    private Process begin(Path directory, Map<String, String> variables, String... args) throws IOException {
        List<String> words = new ArrayList<>(List.of(which(shell.get(0))));
        words.addAll(shell.subList(1, shell.size()));
        words.add(home.resolve("bin/pgpitr").toString());
        words.addAll(List.of(args));
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectErrorStream(true).directory(directory.toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("PGPITR_") || name.equals("JAVA_HOME"));
        environment.put("PGPITR_JAVA", folder.resolve("jdk/bin/java").toString());
        environment.put("PGPITR_CONFIG", config.toString());
        environment.put("PGPITR_SPOOL", folder.resolve("spool").toString());
        environment.putAll(variables);
        return builder.start();
    }

    private static String which(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(place -> place + "/" + program)
                .filter(place -> Files.isExecutable(Path.of(place)))
                .findFirst()
                .orElseThrow();
    }

    private static Result end(Process process) throws IOException, InterruptedException {
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        return new Result(process.exitValue(), out);
    }

    private Result push(Map<String, String> variables) throws Exception {
        return end(begin(data, variables, "archive-push", FILE.toString()));
    }

    private static FileTime moved(Path file, long nanos) throws IOException {
        FileTime time =
                FileTime.from(Files.getLastModifiedTime(file).toInstant().plusNanos(nanos));
        Files.setLastModifiedTime(file, time);
        return time;
    }

    @Test
    void an_acknowledged_file_is_answered_with_nothing_but_the_shell() throws Exception {
        assertThat(push(Map.of("PATH", "/nonexistent", "PGPITR_JAVA", "/nonexistent")))
                .isEqualTo(new Result(0, ""));
    }

    @Test
    @DisplayName("Class 10: an acknowledgement counts for the very file it was made for, whichever is newer")
    void an_acknowledgement_of_another_file_of_that_name_is_none() throws Exception {
        for (long nanos : List.of(2_000_000_000L, -5_000_000_000L)) {
            moved(data.resolve(FILE), nanos);
            push(Map.of()).isDoneByJava();
        }
        assumeTrue(!shell.get(0).equals("busybox"), "busybox compares whole seconds");
        for (long nanos : List.of(1L, -2L)) {
            FileTime time = moved(data.resolve(FILE), nanos);
            push(Map.of()).isDoneByJava();
            acknowledgements.add(SEGMENT, time);
            assertThat(push(Map.of())).isEqualTo(new Result(0, ""));
        }
        Files.delete(data.resolve(FILE));
        push(Map.of()).isDoneByJava();
    }

    @Test
    @DisplayName("Class 10: of a clock that jumps no acknowledgement comes into being, and none goes")
    void times_are_compared_for_being_the_same_however_far_the_clock_jumped() throws Exception {
        List<FileTime> times = new ArrayList<>();
        for (String time : List.of("1970-01-01T00:00:00Z", "2001-09-09T01:46:40Z", "2037-12-31T23:59:59Z")) {
            times.add(FileTime.from(Instant.parse(time)));
        }
        for (FileTime written : times) {
            Files.setLastModifiedTime(data.resolve(FILE), written);
            for (FileTime acknowledged : times) {
                acknowledgements.add(SEGMENT, acknowledged);
                Result result = push(Map.of());
                if (acknowledged.equals(written)) {
                    assertThat(result).isEqualTo(new Result(0, ""));
                } else {
                    result.isDoneByJava();
                }
            }
        }
    }

    @Test
    void names_do_not_share_an_acknowledgement() throws Exception {
        for (String other : List.of(SEGMENT + ".partial", SEGMENT + ".00000028.backup", "000000020000000000000042")) {
            Files.copy(data.resolve(FILE), data.resolve("pg_wal").resolve(other), StandardCopyOption.COPY_ATTRIBUTES);
            end(begin(data, Map.of(), "archive-push", "pg_wal/" + other)).isDoneByJava();
        }
    }

    @Test
    void another_cluster_at_that_place_believes_nothing() throws Exception {
        moved(data.resolve("PG_VERSION"), -9_000_000_000L);
        push(Map.of()).isDoneByJava();
    }

    @Test
    void a_copy_of_the_data_directory_believes_nothing() throws Exception {
        Path copy = cluster("copy");
        for (Path file : List.of(FILE, Path.of("PG_VERSION"))) {
            Files.copy(
                    data.resolve(file),
                    copy.resolve(file),
                    StandardCopyOption.COPY_ATTRIBUTES,
                    StandardCopyOption.REPLACE_EXISTING);
        }
        end(begin(copy, Map.of(), "archive-push", FILE.toString())).isDoneByJava();
    }

    @Test
    @DisplayName("Class 10: a spool that was copied from another host, or is left from before its start, says nothing")
    void another_host_believes_nothing() throws Exception {
        Path host = spool.folder().resolve("host");
        String made = Files.readString(host);
        assertThat(push(Map.of()).status()).isZero();
        String started = made.substring(0, made.indexOf('|'));
        for (String other : List.of(
                made.replace(started, "00000000-0000-0000-0000-000000000000"),
                made.replace("\n", "-copy\n"),
                "\n",
                "")) {
            Files.writeString(host, other);
            push(Map.of()).isDoneByJava();
        }
        Files.delete(host);
        push(Map.of()).isDoneByJava();
    }

    @Test
    void another_configuration_believes_nothing() throws Exception {
        for (String variable : List.of(
                "PGPITR_CLUSTER_NAME",
                "PGPITR_REPOSITORY_URL",
                "PGPITR_REPOSITORY_1_URL",
                "PGPITR_REPOSITORY_2_URL",
                "PGPITR_REPOSITORY_3_URL",
                "PGPITR_REPOSITORY_ENDPOINT",
                "PGPITR_REPOSITORY_1_ENDPOINT",
                "PGPITR_REPOSITORY_2_ENDPOINT",
                "PGPITR_REPOSITORY_3_ENDPOINT")) {
            push(Map.of(variable, "other")).isDoneByJava();
        }
        Path other = Files.copy(config, folder.resolve("other.toml"), StandardCopyOption.COPY_ATTRIBUTES);
        push(Map.of("PGPITR_CONFIG", other.toString())).isDoneByJava();
        moved(config, 3_000_000_000L);
        push(Map.of()).isDoneByJava();
    }

    @Test
    void the_configuration_may_be_named_by_an_option() throws Exception {
        Map<String, String> noJava = Map.of("PGPITR_JAVA", "/nonexistent", "PGPITR_CONFIG", "/nonexistent.toml");
        for (String[] call : List.of(
                new String[] {"archive-push", "--config", config.toString(), FILE.toString()},
                new String[] {"archive-push", FILE.toString(), "-c", config.toString()},
                new String[] {"archive-push", "--config=" + config, FILE.toString()},
                new String[] {"--config", config.toString(), "archive-push", FILE.toString()})) {
            assertThat(end(begin(data, noJava, call)))
                    .as(String.join(" ", call))
                    .isEqualTo(new Result(0, ""));
        }
        Path other = Files.copy(config, folder.resolve("other.toml"), StandardCopyOption.COPY_ATTRIBUTES);
        for (String[] call : List.of(
                new String[] {"archive-push", "--config", other.toString(), FILE.toString()},
                new String[] {"archive-push", "--config", "../pgpitr.toml", FILE.toString()},
                new String[] {"archive-push", "--repository", "near", FILE.toString()},
                new String[] {"archive-push", "--cluster", "other", FILE.toString()},
                new String[] {"archive-push", "--config", config.toString(), "--json", FILE.toString()},
                new String[] {"archive-push", FILE.toString(), "--config"})) {
            end(begin(data, Map.of(), call)).isDoneByJava();
        }
    }

    @Test
    void a_call_of_another_form_is_javas() throws Exception {
        end(begin(data, Map.of(), "archive-push", data.resolve(FILE).toString()))
                .isDoneByJava();
        end(begin(data, Map.of(), "archive-push", "--json", FILE.toString())).isDoneByJava();
        end(begin(data, Map.of(), "archive-push", "pg_wal/../" + FILE)).isDoneByJava();
        assertThat(end(begin(data, Map.of(), "archive-get", FILE.toString())).status())
                .isEqualTo(128 + DONE_BY_JAVA);
    }

    @Test
    void without_an_agent_java_does_it_at_once() throws Exception {
        acknowledgements.remove(SEGMENT);
        push(Map.of()).isDoneByJava();
        AnswerPipe.create(spool.answers()).close();
        push(Map.of()).isDoneByJava();
        assertThat(new ProcessBuilder("mkfifo", spool.answers().toString())
                        .start()
                        .waitFor())
                .isZero();
        push(Map.of()).isDoneByJava();
        push(Map.of("PGPITR_SPOOL", folder.resolve("none").toString())).isDoneByJava();
    }

    private Ask awaitAsk() throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (Ask.pending(spool).isEmpty()) {
            assertThat(System.nanoTime() - until).isNegative();
            TimeUnit.MILLISECONDS.sleep(2);
        }
        return Ask.pending(spool).get(0);
    }

    @Test
    void a_hook_waits_until_its_file_is_acknowledged() throws Exception {
        acknowledgements.remove(SEGMENT);
        try (AnswerPipe answers = AnswerPipe.create(spool.answers())) {
            Process hook = begin(data, Map.of("PGPITR_JAVA", "/nonexistent"), "archive-push", FILE.toString());
            Ask ask = awaitAsk();
            assertThat(ask.file()).hasToString(SEGMENT);
            answers.look(new Ask(ask.file(), "1", "", ask.place())); // meant for somebody else
            acknowledgements.add(SEGMENT, Files.getLastModifiedTime(data.resolve(FILE)));
            answers.look(ask);
            assertThat(end(hook)).isEqualTo(new Result(0, ""));
        }
    }

    /** Which it does after a minute; here its `sleep` is a short one. */
    @Test
    void a_hook_gives_up_an_agent_that_lives_and_does_not_answer() throws Exception {
        assumeTrue(!shell.get(0).equals("busybox"), "busybox sleeps by itself");
        acknowledgements.remove(SEGMENT);
        Path sleep = Files.createDirectories(folder.resolve("short")).resolve("sleep");
        Files.writeString(sleep, "#!/bin/sh\nexit 0\n");
        Files.setPosixFilePermissions(sleep, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (AnswerPipe answers = AnswerPipe.create(spool.answers())) {
            push(Map.of("PATH", sleep.getParent() + ":" + System.getenv("PATH")))
                    .isDoneByJava();
            assertThat(answers.isInPlace()).isTrue();
        }
    }

    @Test
    void a_hook_hears_why_its_file_can_not_be_archived() throws Exception {
        acknowledgements.remove(SEGMENT);
        try (AnswerPipe answers = AnswerPipe.create(spool.answers())) {
            Process hook = begin(data, Map.of(), "archive-push", FILE.toString());
            answers.failed(awaitAsk(), ExitCode.WAL_CONFLICT, "not \\ 100%s\nright", "run | `it`");
            assertThat(end(hook)).isEqualTo(new Result(22, "error: not \\ 100%s right\nhint: run   `it`\n"));
        }
    }

    @Test
    void an_answer_without_an_acknowledgement_is_no_success() throws Exception {
        acknowledgements.remove(SEGMENT);
        try (AnswerPipe answers = AnswerPipe.create(spool.answers())) {
            Process looking = begin(data, Map.of(), "archive-push", FILE.toString());
            Ask ask = awaitAsk();
            answers.look(ask);
            end(looking).isDoneByJava();
            ask.done();
            Process sentAway = begin(data, Map.of(), "archive-push", FILE.toString());
            answers.direct(awaitAsk());
            end(sentAway).isDoneByJava();
        }
    }

    @Test
    void when_the_agent_dies_while_a_hook_waits_java_does_it() throws Exception {
        acknowledgements.remove(SEGMENT);
        AnswerPipe answers = AnswerPipe.create(spool.answers());
        Process hook = begin(data, Map.of(), "archive-push", FILE.toString());
        awaitAsk();
        answers.close();
        end(hook).isDoneByJava();
    }
}
