package org.pgpitr.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.service.prefetch.RecoverySource;
import org.pgpitr.service.spool.Acknowledgements;
import org.pgpitr.service.spool.AnswerPipe;
import org.pgpitr.service.spool.Ask;
import org.pgpitr.service.spool.Spool;

/** The launcher as restore_command beside a prefetcher, under each shell, with a Java that only says that it ran. */
@ParameterizedClass
@ValueSource(strings = {"dash", "bash --posix", "busybox sh"})
class RecoveryLauncherTest {
    private static final Path LAUNCHER = Path.of("../pgpitr").toAbsolutePath();
    private static final String SEGMENT = "000000010000000000000042";
    private static final String PLACE = "pg_wal/RECOVERYXLOG";
    private static final String HISTORY = "00000002.history";
    private static final String HISTORY_PLACE = "pg_wal/RECOVERYHISTORY";
    private static final int DONE_BY_JAVA = 7;
    private static final long PATIENCE_SECONDS = 60;
    private static final Map<String, String> NO_JAVA = Map.of("PGPITR_JAVA", "/nonexistent");

    private final List<String> shell;

    @TempDir
    private Path folder;

    private Path home;
    private Path data;
    private Path config;
    private Spool spool;
    private Acknowledgements acknowledgements;

    RecoveryLauncherTest(String shell) {
        this.shell = Arrays.asList(shell.split(" "));
    }

    private record Result(int status, String out) {
        void isDoneByJava() {
            assertThat(out).isEqualTo("java did it\n");
            assertThat(status).isEqualTo(128 + DONE_BY_JAVA);
        }
    }

    @BeforeEach
    void a_recovery_with_a_prefetched_segment() throws Exception {
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
        Files.writeString(
                java,
                "#!/bin/sh\necho 'java did it'; [ ! -e /proc/$$/fd/4 ] || echo 'with the pipe'; [ -z \"$TIMES\" ] || echo x >>\"$TIMES\"; exit ${STATUS:-7}\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"17.0.9\"\n");
        data = Files.createDirectory(folder.resolve("my data"));
        Files.createDirectory(data.resolve("pg_wal"));
        Files.writeString(data.resolve("PG_VERSION"), "17\n");
        config = Files.writeString(folder.resolve("pgpitr.toml"), "");
        spool = new Spool(folder.resolve("spool"), data);
        spool.create();
        serve(source(Optional.empty(), Optional.empty(), Optional.empty()));
        prefetched();
    }

    private RecoverySource source(Optional<String> repository, Optional<Integer> generation, Optional<String> id) {
        return new RecoverySource(
                config, repository, Optional.empty(), generation, id, id.map(text -> Encryption.NONE));
    }

    private void serve(RecoverySource source) throws IOException {
        acknowledgements = new Acknowledgements(spool.recovery());
        acknowledgements.begin(source.owner(data, Map.of()));
    }

    private Path prefetched() throws IOException {
        Path place =
                Files.createDirectories(data.resolve("pg_wal/pgsql_tmp.pgpitr")).resolve(SEGMENT);
        Files.writeString(place, "wal");
        acknowledgements.add(SEGMENT, Files.getLastModifiedTime(place));
        return place;
    }

    private Process begin(Map<String, String> variables, String... args) throws IOException {
        List<String> words = new ArrayList<>(List.of(which(shell.get(0))));
        words.addAll(shell.subList(1, shell.size()));
        words.add(home.resolve("bin/pgpitr").toString());
        words.addAll(List.of(args));
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectErrorStream(true).directory(data.toFile());
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

    private Result get(Map<String, String> variables) throws Exception {
        return end(begin(variables, "archive-get", SEGMENT, PLACE));
    }

    private void isTaken() throws IOException {
        assertThat(data.resolve(PLACE)).hasContent("wal");
        assertThat(data.resolve("pg_wal/pgsql_tmp.pgpitr").resolve(SEGMENT)).doesNotExist();
        Files.delete(data.resolve(PLACE));
    }

    @Test
    void a_prefetched_segment_is_moved_into_place_without_java() throws Exception {
        assertThat(get(NO_JAVA)).isEqualTo(new Result(0, ""));
        isTaken();
        get(Map.of()).isDoneByJava();
    }

    @Test
    void the_options_that_restore_writes_are_understood() throws Exception {
        serve(source(Optional.of("file:///r"), Optional.of(2), Optional.of("7312345678901234567")));
        String[] call = {
            "archive-get",
            "--repository",
            "file:///r",
            "--generation",
            "2",
            "--system-identifier=7312345678901234567",
            "--encryption",
            "none",
            SEGMENT,
            PLACE,
            "--config",
            config.toString()
        };
        prefetched();
        assertThat(end(begin(NO_JAVA, call))).isEqualTo(new Result(0, ""));
        isTaken();
        prefetched();
        for (int i : List.of(2, 4, 7)) {
            String[] other = call.clone();
            other[i] = other[i] + "1";
            end(begin(Map.of(), other)).isDoneByJava();
        }
        get(Map.of()).isDoneByJava();
    }

    @Test
    @DisplayName("Class 6: a file that was not made for this very configuration is not taken")
    void another_configuration_takes_nothing() throws Exception {
        for (String variable : List.of("PGPITR_CLUSTER_NAME", "PGPITR_REPOSITORY_URL", "PGPITR_REPOSITORY_2_URL")) {
            get(Map.of(variable, "other")).isDoneByJava();
        }
        Path other = Files.copy(config, folder.resolve("other.toml"), StandardCopyOption.COPY_ATTRIBUTES);
        get(Map.of("PGPITR_CONFIG", other.toString())).isDoneByJava();
        FileTime time = Files.getLastModifiedTime(config);
        Files.setLastModifiedTime(config, FileTime.from(time.toInstant().plusSeconds(3)));
        get(Map.of()).isDoneByJava();
        Files.setLastModifiedTime(config, time);
        Files.setLastModifiedTime(
                data.resolve("PG_VERSION"),
                FileTime.from(Files.getLastModifiedTime(data.resolve("PG_VERSION"))
                        .toInstant()
                        .minusSeconds(9)));
        get(Map.of()).isDoneByJava();
    }

    @Test
    @DisplayName("Class 4: a file under the right name that is not the one that was verified is not taken")
    void a_file_that_was_not_verified_is_not_taken() throws Exception {
        Path place = data.resolve("pg_wal/pgsql_tmp.pgpitr").resolve(SEGMENT);
        Files.setLastModifiedTime(
                place,
                FileTime.from(Files.getLastModifiedTime(place).toInstant().plusSeconds(2)));
        get(Map.of()).isDoneByJava();
        acknowledgements.remove(SEGMENT);
        get(Map.of()).isDoneByJava();
        assertThat(place).exists();
    }

    @Test
    @DisplayName("Class 6: pg_rewind and people, who name other places, and other files go the ordinary way")
    void a_call_that_is_not_a_recoverys_is_javas() throws Exception {
        end(begin(Map.of(), "archive-get", SEGMENT, "pg_wal/" + SEGMENT)).isDoneByJava();
        end(begin(Map.of(), "archive-get", SEGMENT, data.resolve(PLACE).toString()))
                .isDoneByJava();
        end(begin(Map.of(), "archive-get", "00000002.history", "pg_wal/RECOVERYHISTORY"))
                .isDoneByJava();
        end(begin(Map.of(), "archive-get", SEGMENT + ".partial", PLACE)).isDoneByJava();
        end(begin(Map.of(), "archive-get", "--json", SEGMENT, PLACE)).isDoneByJava();
        assertThat(data.resolve("pg_wal/pgsql_tmp.pgpitr").resolve(SEGMENT)).exists();
    }

    private Ask awaitAsk() throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (Ask.pending(spool.recovery()).isEmpty()) {
            assertThat(System.nanoTime() - until).isNegative();
            TimeUnit.MILLISECONDS.sleep(2);
        }
        return Ask.pending(spool.recovery()).get(0);
    }

    @Test
    void a_hook_waits_until_its_segment_is_there() throws Exception {
        Files.delete(data.resolve("pg_wal/pgsql_tmp.pgpitr").resolve(SEGMENT));
        acknowledgements.remove(SEGMENT);
        try (AnswerPipe answers = AnswerPipe.create(spool.recovery().answers())) {
            Process hook = begin(NO_JAVA, "archive-get", SEGMENT, PLACE);
            Ask ask = awaitAsk();
            answers.look(new Ask(ask.file(), "1", ask.once(), ask.place())); // meant for somebody else
            prefetched();
            answers.look(ask);
            assertThat(end(hook)).isEqualTo(new Result(0, ""));
            isTaken();
        }
    }

    private String owner() throws IOException {
        return source(Optional.empty(), Optional.empty(), Optional.empty())
                .owner(data, Map.of())
                .line();
    }

    private Process ask(Map<String, String> variables, String file) throws IOException {
        return begin(variables, "archive-get", file, file.endsWith(".history") ? HISTORY_PLACE : PLACE);
    }

    @Test
    void an_absence_that_the_agent_has_proven_is_told_without_java() throws Exception {
        acknowledgements.remove(SEGMENT);
        try (AnswerPipe answers = AnswerPipe.create(spool.recovery().answers())) {
            for (String file : List.of(SEGMENT, HISTORY)) {
                Process hook = ask(NO_JAVA, file);
                Ask ask = awaitAsk();
                assertThat(ask.file()).hasToString(file);
                assertThat(ask.hook()).isEqualTo(Long.toString(hook.pid()));
                answers.absent(ask, owner());
                assertThat(end(hook)).isEqualTo(new Result(1, ""));
                ask.done();
            }
        }
    }

    @Test
    void a_file_that_is_there_for_one_question_is_taken_without_java() throws Exception {
        acknowledgements.remove(SEGMENT);
        Path there = data.resolve("pg_wal/pgsql_tmp.pgpitr");
        try (AnswerPipe answers = AnswerPipe.create(spool.recovery().answers())) {
            for (String file : List.of(SEGMENT, HISTORY)) {
                Process hook = ask(NO_JAVA, file);
                Ask ask = awaitAsk();
                Files.writeString(there.resolve(file + "." + ask.once()), file);
                answers.take(ask, owner());
                assertThat(end(hook)).isEqualTo(new Result(0, ""));
                assertThat(data.resolve(file.equals(HISTORY) ? HISTORY_PLACE : PLACE))
                        .hasContent(file);
                ask.done();
                Process late = ask(Map.of(), file);
                Ask next = awaitAsk();
                answers.take(next, owner()); // but nothing is there for it
                end(late).isDoneByJava();
                next.done();
            }
        }
    }

    @Test
    @DisplayName("Class 3: an absence that was told to another question, of another file or for others, is none")
    void an_absence_that_is_not_for_this_very_question_is_javas_to_tell() throws Exception {
        acknowledgements.remove(SEGMENT);
        String other = "11111111-2222-3333-4444-555555555555";
        try (AnswerPipe answers = AnswerPipe.create(spool.recovery().answers())) {
            List<UnaryOperator<Ask>> forged = List.of(
                    ask -> new Ask(ask.file(), ask.hook(), other, ask.place()),
                    ask -> new Ask(WalFileName.parse(HISTORY), ask.hook(), ask.once(), ask.place()));
            for (UnaryOperator<Ask> each : forged) {
                Process hook = ask(Map.of(), SEGMENT);
                Ask ask = awaitAsk();
                answers.absent(each.apply(ask), owner());
                end(hook).isDoneByJava();
                ask.done();
            }
            for (String owner : List.of(owner() + "x", owner().substring(1), "")) {
                Process hook = ask(Map.of(), SEGMENT);
                Ask ask = awaitAsk();
                answers.absent(ask, owner);
                end(hook).isDoneByJava();
                ask.done();
            }
        }
    }

    @Test
    @DisplayName(
            "Class 3: of lines that several readers have torn none is an absence that was not told to this question")
    void torn_answers_are_no_absence() throws Exception {
        acknowledgements.remove(SEGMENT);
        Path pipe = spool.recovery().answers();
        try (AnswerPipe answers = AnswerPipe.create(pipe)) {
            String owner = owner();
            List<UnaryOperator<String>> torn = List.of(
                    pid -> "absent|" + pid + "||" + SEGMENT + "|" + owner + "|.",
                    pid -> "absent|" + pid + "|||",
                    pid -> "absent|" + pid,
                    pid -> "abs|" + pid + "||" + SEGMENT + "|" + owner + "|.");
            for (UnaryOperator<String> line : torn) {
                Process hook = ask(Map.of(), SEGMENT);
                Ask ask = awaitAsk();
                Files.writeString(pipe, line.apply(ask.hook()) + "\n", StandardOpenOption.WRITE);
                end(hook).isDoneByJava();
                ask.done();
            }
            assertThat(answers.isInPlace()).isTrue();
        }
    }

    @Test
    @DisplayName(
            "Class 3: what an agent said before counts for no later question, even of a process of the same number")
    void a_stale_absence_is_passed_over() throws Exception {
        acknowledgements.remove(SEGMENT);
        try (AnswerPipe answers = AnswerPipe.create(spool.recovery().answers())) {
            Process killed = ask(Map.of(), SEGMENT);
            Ask first = awaitAsk();
            killed.destroyForcibly().waitFor();
            first.done();
            answers.absent(first, owner());
            Process hook = ask(Map.of(), SEGMENT);
            Ask second = awaitAsk();
            answers.absent(new Ask(first.file(), second.hook(), first.once(), second.place()), owner());
            end(hook).isDoneByJava();
            second.done();
        }
    }

    @Test
    @DisplayName("Class 3: an absence counts for the configuration that is there when it is told")
    void an_absence_that_the_configuration_has_outrun_is_javas_to_tell() throws Exception {
        acknowledgements.remove(SEGMENT);
        try (AnswerPipe answers = AnswerPipe.create(spool.recovery().answers())) {
            Process hook = ask(Map.of(), SEGMENT);
            Ask ask = awaitAsk();
            FileTime time = Files.getLastModifiedTime(config);
            Files.setLastModifiedTime(config, FileTime.from(time.toInstant().plusSeconds(3)));
            answers.absent(ask, owner());
            end(hook).isDoneByJava();
            ask.done();
            Files.setLastModifiedTime(config, time);
            Process other = ask(Map.of(), SEGMENT);
            Ask second = awaitAsk();
            String served = owner();
            serve(source(Optional.of("file:///r"), Optional.empty(), Optional.empty()));
            answers.absent(second, served);
            end(other).isDoneByJava();
        }
    }

    @Test
    @DisplayName("Class 3: a failure that is read in the pipe is no absence, and neither is an agent that dies")
    void whatever_else_the_agent_says_absence_is_javas_to_tell() throws Exception {
        acknowledgements.remove(SEGMENT);
        try (AnswerPipe answers = AnswerPipe.create(spool.recovery().answers())) {
            Process sentAway = begin(Map.of(), "archive-get", SEGMENT, PLACE);
            Ask first = awaitAsk();
            answers.direct(first);
            end(sentAway).isDoneByJava();
            first.done();
            Process failed = begin(Map.of(), "archive-get", SEGMENT, PLACE);
            Ask second = awaitAsk();
            answers.failed(second, org.pgpitr.error.ExitCode.ABSENT, "absent", "");
            end(failed).isDoneByJava();
            second.done();
        }
        for (String file : List.of(SEGMENT, HISTORY)) {
            AnswerPipe dying = AnswerPipe.create(spool.recovery().answers());
            Process hook = ask(Map.of(), file);
            Ask ask = awaitAsk();
            dying.close();
            end(hook).isDoneByJava();
            ask.done();
        }
    }

    private void replaceInLauncher(String text, String other) throws IOException {
        Path launcher = home.resolve("bin/pgpitr");
        String whole = Files.readString(launcher);
        assertThat(whole).contains(text);
        Files.writeString(launcher, whole.replace(text, other));
    }

    @Test
    @DisplayName("Class 3: without a number of its own, or where it can't ask, a hook waits for no answer")
    void a_hook_that_can_not_ask_leaves_it_to_java() throws Exception {
        acknowledgements.remove(SEGMENT);
        try (AnswerPipe answers = AnswerPipe.create(spool.recovery().answers())) {
            Files.delete(spool.recovery().asked());
            get(Map.of()).isDoneByJava();
            Files.createDirectory(spool.recovery().asked());
            Path number = folder.resolve("uuid");
            replaceInLauncher("/proc/sys/kernel/random/uuid", number.toString());
            get(Map.of()).isDoneByJava();
            for (String text : List.of("", "\n", "11111111-2222-3333-4444-55555555555\n", "|.\n")) {
                Files.writeString(number, text);
                get(Map.of()).isDoneByJava();
            }
            assertThat(Ask.pending(spool.recovery())).isEmpty();
            assertThat(answers.isInPlace()).isTrue();
        }
    }

    @Test
    @DisplayName("Class 3: a shell that fails by itself says no absence")
    void a_failure_of_the_shell_is_no_absence() throws Exception {
        acknowledgements.remove(SEGMENT);
        AnswerPipe.create(spool.recovery().answers()).close();
        assertThat(new ProcessBuilder("mkfifo", spool.recovery().answers().toString())
                        .start()
                        .waitFor())
                .isZero();
        // As if the pipe went between the look at it and its opening.
        replaceInLauncher("exec 3<>\"$spool/answers\"", "exec 3<>\"$spool/gone/answers\"");
        Result result = get(Map.of());
        assertThat(result.status()).as(result.out()).isGreaterThan(125);
    }

    @Test
    void a_waiting_hook_tries_again_until_it_is_told_to_end() throws Exception {
        acknowledgements.remove(SEGMENT);
        Path times = folder.resolve("times");
        Path sleep = Files.createDirectory(folder.resolve("bin")).resolve("sleep");
        Files.writeString(sleep, "#!/bin/sh\nexec /bin/sleep 0.1\n");
        Files.setPosixFilePermissions(sleep, PosixFilePermissions.fromString("rwxr-xr-x"));
        Process hook = begin(
                Map.of(
                        "TIMES",
                        times.toString(),
                        "STATUS",
                        "30",
                        "PATH",
                        sleep.getParent() + ":" + System.getenv("PATH")),
                "archive-get",
                "--wait",
                SEGMENT,
                PLACE);
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!Files.exists(times) || Files.readAllLines(times).size() < 2) {
            assertThat(System.nanoTime() - until).isNegative();
            TimeUnit.MILLISECONDS.sleep(20);
        }
        hook.toHandle().destroy();
        assertThat(end(hook).status()).isEqualTo(143);
        for (String status : List.of("0", "91")) {
            Result result = end(begin(Map.of("STATUS", status), "archive-get", "--wait", SEGMENT, PLACE));
            assertThat(result.status()).isEqualTo(status.equals("0") ? 0 : 1);
        }
    }
}
