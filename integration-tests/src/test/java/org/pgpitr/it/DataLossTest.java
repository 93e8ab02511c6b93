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
import org.pgpitr.cli.demo.StopMode;
import org.pgpitr.error.ExitCode;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Moment;
import org.pgpitr.it.kit.Outcome;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;

/** Ways in which tools of this kind have lost data (docs/data-loss-classes.md), on a real server. */
@Tag("scenario")
class DataLossTest {
    private static Cluster source(Workspace work) {
        return Cluster.create(work, Majors.newest(), Variant.DISK, InitdbOptions.standard());
    }

    @Test
    void class_3_a_repository_that_can_not_be_reached_stops_a_recovery_rather_than_ends_it() throws Exception {
        try (Workspace work = new Workspace()) {
            Cluster source = source(work);
            source.backup();
            Moment end = source.insert("end");
            source.archive();
            Cluster recovered = source.restore("--no-archive", "--target-action", "promote");
            Path repository = source.repositoryFolder();
            Path away = repository.resolveSibling("away");
            Files.move(repository, away);

            PostgresInstance server = recovered.server();
            server.tryStart();
            server.await("the end of the server", () -> !server.isRunning());
            assertThat(server.log()).doesNotContain("archive recovery complete");

            Files.move(away, repository);
            server.start().awaitRecovered();
            recovered.expect(end);
        }
    }

    @Test
    void class_3_an_unusable_configuration_or_java_never_looks_like_missing_wal() {
        try (Workspace work = new Workspace()) {
            Cluster source = source(work);
            String[] get = {"archive-get", "000000010000000000000099", "x"};
            assertThat(source.pgpitr().launch(get).status()).as("proven absent").isEqualTo(1);
            assertThat(source.pgpitr()
                            .launch("--config", "/nowhere.toml", get[0], get[1], get[2])
                            .status())
                    .isGreaterThan(125);
            assertThat(source.pgpitr()
                            .launchWith("PGPITR_REPOSITORY_URL", "file:///nowhere/at/all", get)
                            .status())
                    .isGreaterThan(125);
            assertThat(source.pgpitr()
                            .launchWith("PGPITR_REPOSITORY_URL", "nonsense", get)
                            .status())
                    .isGreaterThan(125);
            assertThat(source.pgpitr()
                            .launchWith("PGPITR_CLUSTER_NAME", "other", get)
                            .status())
                    .isGreaterThan(125);
            assertThat(source.pgpitr()
                            .launchWith("PGPITR_JAVA", "/bin/false", get)
                            .status())
                    .isGreaterThan(125);
            assertThat(source.pgpitr()
                            .launchWith("PGPITR_JAVA_OPTS", "-XX:NoSuchFlag", get)
                            .status())
                    .isGreaterThan(125);
            assertThat(source.pgpitr()
                            .launchWith("PGPITR_JAVA_OPTS", "-Xmx1k", get)
                            .status())
                    .isGreaterThan(125);
        }
    }

    @Test
    void class_7_a_twin_cluster_overwrites_nothing() throws Exception {
        try (Workspace work = new Workspace()) {
            Cluster source = source(work);
            source.backup();
            Moment end = source.insert("end");
            source.archive();
            Cluster twin = source.upgradedTo(source.programs());

            Outcome refused = twin.pgpitr().run("init");
            assertThat(refused.status()).isNotZero();
            twin.server().query("select pg_switch_wal()");
            twin.server()
                    .await(
                            "the refused segment",
                            () -> !twin.server()
                                    .query("select failed_count from pg_stat_archiver")
                                    .equals("0"));
            assertThat(twin.server().query("select archived_count from pg_stat_archiver"))
                    .isEqualTo("0");
            twin.server().close();
            source.recover().expect(end);
        }
    }

    @Test
    void class_10_a_segment_stays_ready_until_it_is_archived() throws Exception {
        try (Workspace work = new Workspace()) {
            Cluster source = source(work);
            source.archive();
            PostgresInstance server = source.server();
            Path repository = source.repositoryFolder();
            Path away = repository.resolveSibling("away");
            Files.move(repository, away);

            source.insert("not archived yet");
            String segment = server.query("select pg_walfile_name(pg_switch_wal())");
            server.await(
                    "a failure", () -> segment.equals(server.query("select last_failed_wal from pg_stat_archiver")));
            Path status = server.dataDirectory().resolve("pg_wal/archive_status");
            assertThat(status.resolve(segment + ".ready")).exists();
            assertThat(status.resolve(segment + ".done")).doesNotExist();

            Files.move(away, repository);
            source.awaitArchived(segment);
            assertThat(repository.resolve("main/1/wal/00000001/00000000/" + segment + ".zst"))
                    .exists();
        }
    }

    @Test
    void class_24_what_belongs_to_the_running_server_alone_is_not_in_a_backup() throws Exception {
        try (Workspace work = new Workspace()) {
            Cluster source = source(work);
            source.server().query("select pg_create_physical_replication_slot('slot', true)");
            source.backup();
            source.archive();
            Path restored = source.restore("--no-archive").server().dataDirectory();
            assertThat(restored.resolve("postmaster.pid")).doesNotExist();
            assertThat(restored.resolve("postmaster.opts")).doesNotExist();
            for (String empty : List.of(
                    "pg_replslot",
                    "pg_stat_tmp",
                    "pg_dynshmem",
                    "pg_notify",
                    "pg_serial",
                    "pg_snapshots",
                    "pg_subtrans")) {
                assertThat(restored.resolve(empty)).isEmptyDirectory();
            }
            try (Stream<Path> wal = Files.list(restored.resolve("pg_wal"))) {
                assertThat(wal).allMatch(Files::isDirectory);
            }
        }
    }

    @Test
    void class_25_a_directory_or_tablespace_with_something_in_it_is_never_restored_into() throws Exception {
        try (Workspace work = new Workspace()) {
            Cluster source = source(work);
            Path tablespace = work.folder("tablespace");
            source.server().execute("create tablespace aside location '" + tablespace + "'");
            source.server().execute("create table in_aside tablespace aside as select 1 as i");
            source.backup();
            source.archive();
            PostgresInstance target = work.instance("target", source.programs());
            String into = target.dataDirectory().toString();

            Outcome overTablespace = source.pgpitr().run("restore", "--into", into);
            overTablespace.expect(ExitCode.USAGE);
            assertThat(overTablespace.err()).contains(tablespace.toString());

            Path other = work.folder("other");
            work.user().file(other.resolve("somebody's"), "file");
            Outcome overFile = source.pgpitr().run("restore", "--into", into, "--tablespace-map", "aside=" + other);
            overFile.expect(ExitCode.USAGE);
            assertThat(other.resolve("somebody's")).hasContent("file");

            work.user().folder(target.dataDirectory());
            work.user().file(target.dataDirectory().resolve("somebody's"), "file");
            source.pgpitr().run("restore", "--into", into).expect(ExitCode.USAGE);
            assertThat(target.dataDirectory()).isDirectoryContaining("glob:**somebody's");
        }
    }

    @Test
    void class_30_a_target_inside_the_only_backup_is_refused_and_a_time_without_zone_is_shown_as_understood() {
        try (Workspace work = new Workspace()) {
            Cluster source = source(work);
            String during = source.server().query("select pg_current_wal_insert_lsn()");
            source.backup();
            source.insert("a");
            source.archive();

            source.pgpitr().run("plan", "--target-lsn", during).expect(ExitCode.TARGET_UNREACHABLE);
            Outcome plan = source.pgpitr().run("plan", "--target-time", "2199-01-01 00:00:00");
            assertThat(plan.out() + plan.err()).contains("2199-01-01").containsPattern("00:00:00.*(Z|\\+00|UTC)");
        }
    }

    @Test
    void class_35_a_recovery_across_a_gap_is_refused_and_up_to_the_gap_is_possible() throws Exception {
        try (Workspace work = new Workspace()) {
            Cluster source = source(work);
            source.backup();
            Moment a = source.insert("a");
            source.insert("b");
            source.archive();
            Moment lost = source.insert("lost");
            source.archive();
            String missing = source.lastArchived();
            source.insert("c");
            source.archive();
            delete(source.repositoryFolder(), missing);

            Outcome latest = source.pgpitr().run("plan", "--target-latest").expect(ExitCode.TARGET_UNREACHABLE);
            assertThat(latest.err()).contains(missing);
            source.pgpitr().run("plan", "--target-lsn", lost.lsn()).expect(ExitCode.TARGET_UNREACHABLE);
            Outcome verified = source.pgpitr().run("verify").expect(ExitCode.TARGET_UNREACHABLE);
            assertThat(verified.out()).contains("hole      WAL segment " + missing + " is missing");
            source.recover("--target-lsn", a.lsn()).expect(a);
        }
    }

    @Test
    void class_35_a_target_behind_all_wal_does_not_end_in_a_server_that_looks_recovered() throws Exception {
        try (Workspace work = new Workspace()) {
            Cluster source = source(work);
            source.backup();
            source.insert("a");
            source.archive();
            Outcome future = source.pgpitr().run("plan", "--target-lsn", "7F/0");
            future.expect(ExitCode.TARGET_UNREACHABLE);
            assertThat(future.err()).contains("hint: ");

            source.pgpitr().run("plan", "--target-name", "never made").expect(ExitCode.TARGET_UNREACHABLE);

            // PostgreSQL would restore, replay all of it, and die at the end.
            String afterAll = source.server().query("select clock_timestamp()");
            Outcome tooFar = source.pgpitr().run("plan", "--target-time", afterAll);
            tooFar.expect(ExitCode.TARGET_UNREACHABLE);
            assertThat(tooFar.err()).contains("no commit after your target is archived yet", "`--target-latest");
        }
    }

    @Test
    void class_23_the_partial_segment_of_a_promotion_is_archived_and_used() {
        try (Workspace work = new Workspace()) {
            Cluster primary = source(work);
            primary.backup();
            Cluster standby = primary.standby();
            Moment streamed = primary.insert("streamed, in no complete segment");
            standby.awaitReplay(primary);
            primary.server().kill();
            standby.server().promote();
            standby.archive();

            standby.recover("--target-timeline", "1").expect(streamed);
            standby.pgpitr().run("verify").expect(ExitCode.OK);
        }
    }

    @Test
    void class_31_a_stopped_and_restarted_recovery_goes_on_to_its_target() {
        try (Workspace work = new Workspace()) {
            Cluster source = source(work);
            source.backup();
            Moment a = source.insert("a");
            source.insert("b");
            source.archive();
            Cluster paused = source.restore("--no-archive", "--target-lsn", a.lsn(), "--target-action", "pause");
            PostgresInstance server = paused.server().start();
            server.await(
                    "the pause",
                    () -> server.query("select pg_is_wal_replay_paused()").equals("t"));
            server.stop(StopMode.FAST).start();
            server.await(
                    "the pause",
                    () -> server.query("select pg_is_wal_replay_paused()").equals("t"));
            paused.expect(a);
        }
    }

    private static void delete(Path repository, String segment) throws IOException {
        try (Stream<Path> all = Files.walk(repository)) {
            for (Path file : all.filter(each -> each.getFileName().toString().startsWith(segment))
                    .toList()) {
                Files.delete(file);
            }
        }
    }
}
