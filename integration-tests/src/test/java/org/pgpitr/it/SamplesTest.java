package org.pgpitr.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.cli.demo.Program;
import org.pgpitr.cli.demo.StopMode;
import org.pgpitr.error.ExitCode;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Moment;
import org.pgpitr.it.kit.Outcome;
import org.pgpitr.it.kit.Pgpitr;
import org.pgpitr.it.kit.Programs;
import org.pgpitr.it.kit.TestDistribution;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.repository.codec.AgeIdentity;
import org.pgpitr.repository.codec.IdentityFile;
import org.pgpitr.storage.s3.server.S3Server;

/**
 * The files of pg-conf-samples, as they stand. All scenarios run on primary.conf, and those with a standby on
 * standby.conf; those of streams are in the scenarios of streams; here are the others.
 */
@Tag("scenario")
class SamplesTest {
    @Test
    void every_sample_is_used_by_a_test() throws IOException {
        try (Stream<Path> files = Files.walk(TestDistribution.sample(""))) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file ->
                                    TestDistribution.sample("").relativize(file).toString()))
                    .containsExactlyInAnyOrder(
                            "README.md",
                            "primary.conf",
                            "standby.conf",
                            "standby-waiting.conf",
                            "stream-alone.conf",
                            "stream-with-hook.conf",
                            "stream-synchronous.conf",
                            "debian/pgpitr.conf",
                            "debian/environment",
                            "systemd/pgpitr-agent.service",
                            "systemd/pgpitr-stream.service",
                            "prometheus/pgpitr-alerts.yml",
                            "pgpitr-disk.toml",
                            "pgpitr-s3.toml");
        }
    }

    @Test
    void the_configurations_are_sound() {
        try (Workspace work = new Workspace()) {
            Cluster source =
                    Cluster.stopped(work, Programs.of(work, Majors.newest()), Variant.DISK, InitdbOptions.standard());
            for (String sample : List.of("pgpitr-disk.toml", "pgpitr-s3.toml")) {
                source.pgpitr()
                        .run(
                                "config",
                                "check",
                                "--config",
                                TestDistribution.sample(sample).toString())
                        .expect(ExitCode.OK);
            }
        }
    }

    @Test
    void the_disk_sample_backs_up_and_restores_once_the_places_are_given_by_variables() {
        try (Workspace work = new Workspace()) {
            Cluster source =
                    Cluster.stopped(work, Programs.of(work, Majors.newest()), Variant.DISK, InitdbOptions.standard());
            PostgresInstance server = source.server();
            givePlaces(source, TestDistribution.sample("pgpitr-disk.toml"))
                    .variable("PGPITR_REPOSITORY_URL", "file://" + source.repositoryFolder());
            source.pgpitr().environment().forEach(server::environment);
            server.set("fsync", "on").start();
            source.pgpitr().run("init").expect(ExitCode.OK);
            source.prepare();
            source.backup();
            Moment end = source.insert("end");
            source.archive();
            Outcome check = source.pgpitr().run("check").expect(ExitCode.OK);
            assertThat(check.out()).isNotBlank();
            source.recover().expect(end);
        }
    }

    @Test
    void the_s3_sample_backs_up_and_restores_once_endpoint_and_keys_are_given_by_variables() throws Exception {
        try (Workspace work = new Workspace();
                S3Server s3 = S3Server.start()) {
            Cluster source =
                    Cluster.stopped(work, Programs.of(work, Majors.newest()), Variant.DISK, InitdbOptions.standard());
            Path file = source.server().folder().resolve("identity.txt");
            AgeIdentity identity = IdentityFile.create(file, Optional.empty(), Clock.systemUTC());
            work.user().own(file);
            givePlaces(source, TestDistribution.sample("pgpitr-s3.toml"))
                    .variable("PGPITR_REPOSITORY_URL", "s3://" + S3Server.BUCKET + "/postgres")
                    .variable("PGPITR_REPOSITORY_ENDPOINT", s3.endpoint().toString())
                    .variable("PGPITR_REPOSITORY_ACCESS_KEY_ID", S3Server.ACCESS_KEY)
                    .variable("PGPITR_REPOSITORY_SECRET_ACCESS_KEY", S3Server.SECRET_KEY)
                    .variable(
                            "PGPITR_ENCRYPTION_RECIPIENTS", identity.recipient().toString());
            source.pgpitr().environment().forEach(source.server()::environment);
            source.server().start();
            source.pgpitr().run("init").expect(ExitCode.OK);
            source.prepare();
            source.backup();
            Moment end = source.insert("end");
            source.archive();

            assertThat(source.pgpitr().run("list").expect(ExitCode.OK).err())
                    .contains("the repository is encrypted and no identity is configured");
            source.pgpitr().variable("PGPITR_ENCRYPTION_IDENTITY_FILE", file.toString());
            Cluster recovered = source.restore("--no-archive", "--target-action", "promote");
            source.pgpitr().environment().forEach(recovered.server()::environment);
            recovered.server().start().awaitRecovered();
            recovered.expect(end);
        }
    }

    private static Pgpitr givePlaces(Cluster cluster, Path sample) {
        PostgresInstance server = cluster.server();
        return cluster.pgpitr()
                .use(sample)
                .variable(
                        "PGPITR_CLUSTER_DATA_DIRECTORY", server.dataDirectory().toString())
                .variable("PGPITR_CLUSTER_HOST", server.socketDirectory().toString())
                .variable("PGPITR_CLUSTER_PORT", Integer.toString(server.port()));
    }

    @Test
    void debians_layout_archives_and_recovers_with_its_configuration_outside_the_data_directory() throws Exception {
        try (Workspace work = new Workspace()) {
            Cluster source =
                    Cluster.stopped(work, Programs.of(work, Majors.newest()), Variant.DISK, InitdbOptions.standard());
            PostgresInstance server = source.server();
            Path etc = asDebianDoes(work, source);
            Path confD = work.user().folder(etc.resolve("conf.d"));
            Files.copy(TestDistribution.sample("debian/pgpitr.conf"), confD.resolve("pgpitr.conf"));
            work.user().own(confD);
            server.start();
            source.pgpitr().run("init").expect(ExitCode.OK);
            source.prepare();
            source.backup();
            Moment end = source.insert("end");
            source.archive();
            String pid = Files.readString(etc.resolve("main.pid"));

            Cluster recovered = source.restore("--no-archive", "--target-action", "promote");
            assertThat(recovered.server().dataDirectory().resolve("postgresql.conf"))
                    .doesNotExist();
            startAsPrinted(recovered, etc, "docs/recovery.md");
            recovered.server().awaitRecovered();
            recovered.expect(end);
            recovered.server().stop(StopMode.FAST);
            startAsPrinted(recovered, etc, "docs/recover-without-pgpitr.md");
            recovered.expect(end);
            assertThat(server.isRunning()).isTrue();
            assertThat(etc.resolve("main.pid")).hasContent(pid);
        }
    }

    /** Moves the configuration out, with the settings that Debian writes into it, and the variables of the sample. */
    private static Path asDebianDoes(Workspace work, Cluster source) throws IOException {
        PostgresInstance server = source.server();
        Path etc = work.folder("etc");
        server.moveConfiguration(etc);
        Files.writeString(
                etc.resolve("postgresql.conf"),
                """
                data_directory = '%s'
                hba_file = '%2$s/pg_hba.conf'
                ident_file = '%2$s/pg_ident.conf'
                external_pid_file = '%2$s/main.pid'
                unix_socket_directories = '%3$s'
                """.formatted(server.dataDirectory(), etc, server.socketDirectory()),
                StandardOpenOption.APPEND);
        Path ours = work.user().folder(etc.resolve("pgpitr"));
        Files.move(server.folder().resolve("pgpitr.toml"), ours.resolve("main.toml"));
        Matcher variable = Pattern.compile("^(\\w+) = '(.*)'$", Pattern.MULTILINE)
                .matcher(Files.readString(TestDistribution.sample("debian/environment")));
        while (variable.find()) {
            String value = variable.group(2).replace("/etc/pgpitr", ours.toString());
            server.environment(variable.group(1), value);
            source.pgpitr().variable(variable.group(1), value);
        }
        return etc;
    }

    /** Starts a recovered server with the command for Debian of a page, its places changed for those of the test. */
    private static void startAsPrinted(Cluster recovered, Path etc, String page) throws IOException {
        PostgresInstance server = recovered.server();
        String text = Files.readString(TestDistribution.sourceTree().resolve(page));
        Matcher block =
                Pattern.compile("```\\w+\n([^`]*external_pid_file[^`]*)```").matcher(text);
        assertThat(block.find()).as(page).isTrue();
        String command = block.group(1)
                .replace("$ ", "")
                .replaceAll(
                        "/usr/lib/postgresql/[^/]+/bin/pg_ctl",
                        server.binaries().program("pg_ctl"))
                .replaceAll("/etc/postgresql/[^/]+/main", etc.toString())
                .replaceAll("RECOVERED=\\S+", "RECOVERED=\\$TARGET")
                .replaceAll("-l \\S+", "-l " + server.logFile())
                .replace("-p 5433", "-p " + server.port());
        Map<String, String> environment = new TreeMap<>(recovered.pgpitr().environment());
        environment.put("TARGET", server.dataDirectory().toString());
        Program started =
                recovered.programs().host().run(List.of("sh", "-eu", "-c", command), server.folder(), environment);
        assertThat(started.status()).as(command + started.output()).isZero();
    }
}
