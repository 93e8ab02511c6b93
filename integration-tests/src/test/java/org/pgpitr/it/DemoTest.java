package org.pgpitr.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgpitr.cli.demo.Program;
import org.pgpitr.cli.demo.ServerUser;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Pgpitr;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.s3.S3Store;
import org.pgpitr.storage.s3.server.S3Server;

/** {@code pgpitr demo}, through the launcher, as the user that runs the tests. */
@Tag("scenario")
class DemoTest {
    private static final Pattern FOLDER = Pattern.compile("(/\\S+/pgpitr-demo-[0-9a-z]+)");
    private static final String PROVEN = "Every row committed before the moment is there, and none after.";

    private static List<String> demo(String... options) {
        List<String> command = new ArrayList<>(List.of(Pgpitr.launcher().toString(), "demo"));
        command.addAll(List.of(options));
        return command;
    }

    private static List<String> demoOnInstalled(String... options) {
        List<String> command =
                demo("--postgres", Majors.binaries(Majors.newest()).folder().toString());
        command.addAll(List.of(options));
        return command;
    }

    private static Map<String, String> environment() {
        Map<String, String> environment = new TreeMap<>(System.getenv());
        environment.keySet().removeIf(name -> name.startsWith("PGPITR_"));
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        return environment;
    }

    private static Path folder(String output) {
        Matcher matcher = FOLDER.matcher(output);
        assertThat(matcher.find()).as(output).isTrue();
        return Path.of(matcher.group(1));
    }

    @Test
    void it_proves_the_main_job_on_the_postgresql_that_comes_with_it_and_leaves_nothing_behind() {
        Program demo = Program.run(demo(), Path.of("/"), environment());
        assertThat(demo.status()).as(demo.output()).isZero();
        assertThat(demo.output()).contains(PROVEN).doesNotContain("WRONG", "\u001b");
        assertThat(demo.output().lines())
                .allMatch(line -> line.length() <= 80
                        || line.contains("/")
                        || line.strip().contains("  "));
        assertThat(folder(demo.output())).doesNotExist();
    }

    @Test
    void it_runs_encrypted_on_s3_and_cleans_the_bucket() {
        try (S3Server server = S3Server.start();
                ObjectStore store = S3Store.open(server.settings("demo"))) {
            Map<String, String> environment = environment();
            environment.put("PGPITR_REPOSITORY_ENDPOINT", server.endpoint().toString());
            environment.put("AWS_ACCESS_KEY_ID", S3Server.ACCESS_KEY);
            environment.put("AWS_SECRET_ACCESS_KEY", S3Server.SECRET_KEY);
            Program demo = Program.run(
                    demoOnInstalled("--encrypt", "--repository", "s3://" + S3Server.BUCKET + "/demo"),
                    Path.of("/"),
                    environment);
            assertThat(demo.status()).as(demo.output()).isZero();
            assertThat(demo.output()).contains(PROVEN);
            List<String> left = new ArrayList<>();
            store.list("", (key, stat) -> {
                left.add(key.toString());
                return ObjectStore.ListVisitor.Next.CONTINUE;
            });
            assertThat(left).isEmpty();
        }
    }

    @Test
    void it_keeps_everything_when_told_and_prints_how_to_look_and_how_to_end_it() {
        Program demo = Program.run(demoOnInstalled("--keep"), Path.of("/"), environment());
        assertThat(demo.status()).as(demo.output()).isZero();
        Path folder = folder(demo.output());
        ServerUser user = ServerUser.ofThisProcess();
        try {
            assertThat(demo.output()).contains("PGPITR_CONFIG=" + folder.resolve("pgpitr.toml"), "psql -U postgres -h");
            assertThat(folder.resolve("recovered/data/postmaster.pid")).exists();
            Program list = user.run(
                    folder, List.of(Pgpitr.launcher().toString(), "list", "--config", folder + "/pgpitr.toml"));
            assertThat(list.status()).as(list.output()).isZero();
        } finally {
            for (String server : List.of("source", "recovered")) {
                user.run(
                        folder,
                        List.of(
                                Majors.binaries(Majors.newest()).program("pg_ctl"),
                                "stop",
                                "-m",
                                "immediate",
                                "-D",
                                folder.resolve(server).resolve("data").toString()));
            }
            Workspace.delete(folder);
        }
    }

    @Test
    void an_interrupted_demo_cleans_up() throws Exception {
        Path log = Files.createTempFile("demo", ".log");
        ProcessBuilder builder =
                new ProcessBuilder(demoOnInstalled()).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment());
        Process process = builder.start();
        Optional<Path> folder = Optional.empty();
        while (folder.isEmpty() && process.isAlive()) {
            TimeUnit.MILLISECONDS.sleep(50);
            folder = running(log);
        }
        process.destroy(); // SIGTERM, which is handled as Ctrl-C is
        assertThat(process.waitFor()).isNotZero();
        assertThat(folder.orElseThrow()).doesNotExist();
        Files.delete(log);
    }

    /** The demo's folder, once its first server runs. */
    private static Optional<Path> running(Path log) throws IOException {
        Matcher matcher = FOLDER.matcher(Files.readString(log));
        return matcher.find()
                ? Optional.of(Path.of(matcher.group(1)))
                        .filter(folder -> Files.exists(folder.resolve("source/data/postmaster.pid")))
                : Optional.empty();
    }
}
