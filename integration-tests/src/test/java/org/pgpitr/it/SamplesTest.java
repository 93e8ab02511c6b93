package org.pgpitr.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.error.ExitCode;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Moment;
import org.pgpitr.it.kit.Outcome;
import org.pgpitr.it.kit.Programs;
import org.pgpitr.it.kit.TestDistribution;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;

/**
 * The files of pg-conf-samples, as they stand. All scenarios run on primary.conf, and those with a standby on
 * standby.conf; here are the others.
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
                            "debian/pgpitr.conf",
                            "debian/environment",
                            "systemd/pgpitr-agent.service",
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
            source.pgpitr()
                    .use(TestDistribution.sample("pgpitr-disk.toml"))
                    .variable(
                            "PGPITR_CLUSTER_DATA_DIRECTORY",
                            server.dataDirectory().toString())
                    .variable("PGPITR_CLUSTER_HOST", server.socketDirectory().toString())
                    .variable("PGPITR_CLUSTER_PORT", Integer.toString(server.port()))
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
    void debians_layout_archives_and_recovers_with_its_configuration_outside_the_data_directory() throws Exception {
        try (Workspace work = new Workspace()) {
            Cluster source =
                    Cluster.stopped(work, Programs.of(work, Majors.newest()), Variant.DISK, InitdbOptions.standard());
            PostgresInstance server = source.server();
            Path etc = work.folder("etc");
            server.moveConfiguration(etc);
            Path confD = work.user().folder(etc.resolve("conf.d"));
            Files.copy(TestDistribution.sample("debian/pgpitr.conf"), confD.resolve("pgpitr.conf"));
            work.user().own(confD);
            assertThat(Files.readString(TestDistribution.sample("debian/environment")))
                    .contains("PGPITR_CONFIG = '");
            server.start();
            source.pgpitr().run("init").expect(ExitCode.OK);
            source.prepare();
            source.backup();
            Moment end = source.insert("end");
            source.archive();

            Cluster recovered = source.restore("--no-archive", "--target-action", "promote");
            assertThat(recovered.server().dataDirectory().resolve("postgresql.conf"))
                    .doesNotExist();
            recovered.server().useConfiguration(etc).start().awaitRecovered();
            recovered.expect(end);
        }
    }
}
