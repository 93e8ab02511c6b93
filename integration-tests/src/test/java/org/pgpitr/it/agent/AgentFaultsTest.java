package org.pgpitr.it.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.cli.demo.StopMode;
import org.pgpitr.error.ExitCode;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Outcome;
import org.pgpitr.it.kit.SmallDisk;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.service.spool.Spool;
import org.pgpitr.storage.s3.server.Fault;
import org.pgpitr.storage.s3.server.RecordedRequest;
import org.pgpitr.storage.s3.server.S3Server;

/** Stores that fail or hang, and disks that are full or read-only, beside a real server. */
@Tag("scenario")
class AgentFaultsTest {
    private static final Set<PosixFilePermission> READ_ONLY = PosixFilePermissions.fromString("r-x------");
    private static final Set<PosixFilePermission> WRITABLE = PosixFilePermissions.fromString("rwx------");

    private final Workspace work = new Workspace();

    @AfterEach
    void end() {
        work.close();
    }

    private enum Ill {
        HANGS(new Fault.NoAnswer()),
        REFUSES(Fault.Answer.error(503, "SlowDown", "Please reduce your request rate."));

        private final Fault fault;

        Ill(Fault fault) {
            this.fault = fault;
        }
    }

    private static long failures(PostgresInstance server) {
        return Long.parseLong(server.query("select failed_count from pg_stat_archiver"));
    }

    private static String segment(Cluster source, String label) {
        source.insert(label);
        return source.server().query("select pg_walfile_name(pg_switch_wal())");
    }

    /** A segment and its offer, as PostgreSQL leaves them on a host with another time. */
    private static void touch(PostgresInstance server, String segment, Instant time) throws IOException {
        Path wal = server.dataDirectory().resolve("pg_wal");
        for (Path file : List.of(wal.resolve(segment), wal.resolve("archive_status/" + segment + ".ready"))) {
            Files.setLastModifiedTime(file, FileTime.from(time));
        }
    }

    /** The agent writes its status down once a second. */
    private static void awaitStatus(Cluster source, String error) {
        source.server().await("the status", () -> {
            String status =
                    source.pgpitr().run("status", "--json").expect(ExitCode.OK).out();
            return status.contains("\"store_available\" : false")
                    && status.contains("the agent can't archive: the store fails")
                    && status.contains(error);
        });
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName(
            "Class 10, 18: with a store that fails or hangs the hook fails in bounded time, and all is archived after it,"
                    + " however the clock jumped meanwhile")
    void a_store_that_is_ill(Ill ill) throws Exception {
        try (S3Server s3 = S3Server.start();
                AgentProcess agent = AgentProcess.beside(work, Variant.DISK, AgentProcess.variables(s3))
                        .startAndWait()) {
            Cluster source = agent.cluster();
            PostgresInstance server = source.server();
            source.insert("before");
            source.archive();

            s3.door().always(request -> request.method().equals("PUT"), ill.fault);
            String waiting = segment(source, "while it is ill");
            server.await("a failure with an agent", () -> failures(server) > 0);
            assertThat(server.log())
                    .contains("error: ")
                    .contains("could not store ")
                    .contains("archive command failed with exit code " + ExitCode.STORAGE_UNAVAILABLE.status())
                    .doesNotContain(S3Server.SECRET_KEY);
            awaitStatus(source, "could not store ");
            assertThat(AgentTest.done(server)).doesNotContain(waiting);
            assertThat(agent.log()).contains(waiting + " is not archived: ").doesNotContain(S3Server.SECRET_KEY);

            String later = segment(source, "later, when the clock was set back");
            touch(server, waiting, Instant.now().plus(Duration.ofDays(400)));
            touch(server, later, Instant.EPOCH);
            assertThat(source.pgpitr().run("status").expect(ExitCode.OK).err()).contains("the store fails");

            s3.door().heal();
            AgentProcess.awaitDrained(server);
            assertThat(AgentTest.done(server)).contains(waiting, later);
            assertThat(agent.log()).contains("archiving again");
            agent.stop();

            s3.door().always(request -> request.method().equals("PUT"), ill.fault);
            long before = failures(server);
            segment(source, "while it is ill again");
            server.await("a failure of the hook alone", () -> failures(server) > before);
            s3.door().heal();
            AgentProcess.awaitDrained(server);
            expectTheRequestsOfTheManual(source, s3);
        }
    }

    /** What {@code docs/archiving.md} counts for the hook alone: a PUT and two GET a segment. */
    private static void expectTheRequestsOfTheManual(Cluster source, S3Server s3) {
        s3.door().forgetRequests();
        source.insert("counted");
        source.archive();
        List<String> methods =
                s3.door().requests().stream().map(RecordedRequest::method).toList();
        long puts = methods.stream().filter("PUT"::equals).count();
        assertThat(puts).isPositive();
        assertThat(methods).containsOnly("PUT", "GET");
        // one that is asked again, as a busy machine may make it, is no defect
        assertThat(methods.size() - puts).isBetween(2 * puts, 2 * puts + 2);
    }

    @Test
    void where_the_spools_disk_is_full_the_hooks_do_the_work_themselves() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(work, "spool", "size=1m,nr_inodes=64,mode=700");
                AgentProcess agent = AgentProcess.beside(work, Variant.DISK).startAndWait()) {
            disk.fill();
            goesOnWithoutItsSpool(agent, disk::makeRoom);
        }
    }

    @Test
    void where_the_spool_can_only_be_read_the_hooks_do_the_work_themselves() throws Exception {
        try (AgentProcess agent = AgentProcess.beside(work, Variant.DISK).startAndWait()) {
            Spool spool = agent.spool();
            List<Path> folders = List.of(spool.acknowledged(), spool.asked(), spool.folder());
            permit(folders, READ_ONLY);
            goesOnWithoutItsSpool(agent, () -> permit(folders, WRITABLE));
            agent.stop();

            permit(List.of(spool.lock()), PosixFilePermissions.fromString("r--------"));
            Outcome second = agent.cluster().pgpitr().launch("agent");
            assertThat(second.status()).as(second.out()).isEqualTo(ExitCode.USAGE.status());
            assertThat(second.out())
                    .contains("error: can't write " + spool.lock())
                    .contains("hint: ");
        }
    }

    private static void permit(List<Path> files, Set<PosixFilePermission> permissions) throws IOException {
        for (Path file : files) {
            Files.setPosixFilePermissions(file, permissions);
        }
    }

    @FunctionalInterface
    private interface Mending {
        void run() throws IOException;
    }

    private static void goesOnWithoutItsSpool(AgentProcess agent, Mending mending) throws Exception {
        Cluster source = agent.cluster();
        for (int i = 0; i < 3; i++) {
            source.insert("row " + i);
            source.archive();
        }
        assertThat(agent.log()).contains("can't write acknowledgements; the hooks do the work themselves");
        assertThat(agent.process().isAlive()).isTrue();
        assertThat(failures(source.server())).isZero();

        mending.run();
        source.insert("after");
        source.archive();
        source.server().await("its spool", () -> agent.log().contains("the spool takes acknowledgements again"));
    }

    /** Twenty megabytes that can't be compressed, which have no room in an agent's memory. */
    private static final String LARGE = "select pg_logical_emit_message(false, 'large', string_agg("
            + "uuid_send(gen_random_uuid()), ''::bytea)) from generate_series(1, 20 * 65536)";

    @Test
    @DisplayName(
            "Class 33: while the repository's disk, or the one for temporary files, is full WAL waits, and it is told;"
                    + " nothing is dropped")
    void a_disk_that_is_full_of_the_repository_or_of_temporary_files_is_told_and_drained_through_when_there_is_room()
            throws Exception {
        try (SmallDisk disk = SmallDisk.mount(work, "full", "size=48m,mode=700");
                SmallDisk temporary = SmallDisk.mount(work, "temporary", "size=48m,mode=700");
                AgentProcess agent = AgentProcess.beside(
                                work,
                                Variant.DISK,
                                new WalSegmentSize(64 << 20),
                                Map.of(
                                        "PGPITR_REPOSITORY_URL",
                                        "file://" + disk.place(),
                                        "PGPITR_JAVA_OPTS",
                                        "-Djava.io.tmpdir=" + temporary.place()))
                        .startAndWait()) {
            Cluster source = agent.cluster();
            PostgresInstance server = source.server();
            source.insert("before");
            source.archive();

            temporary.fill();
            server.query(LARGE);
            String large = segment(source, "while there is no room for temporary files");
            server.await("a failure for want of them", () -> failures(server) > 0);
            assertThat(server.log())
                    .contains("error: the temporary folder " + temporary.place() + " can't be used: ")
                    .containsIgnoringCase("no space left")
                    .contains("hint: make room in it")
                    .contains("archive command failed with exit code " + ExitCode.DISK_UNAVAILABLE.status());
            assertThat(AgentTest.done(server)).doesNotContain(large);
            temporary.makeRoom();
            AgentProcess.awaitDrained(server);
            assertThat(AgentTest.done(server)).contains(large);
            long before = failures(server);

            disk.fill();
            String waiting = segment(source, "while it is full");
            server.await("a failure", () -> failures(server) > before);
            assertThat(server.log()).contains("error: could not store ");
            assertThat(AgentTest.done(server)).doesNotContain(waiting);
            awaitStatus(source, "No space left");
            disk.makeRoom();
            AgentProcess.awaitDrained(server);
            assertThat(AgentTest.done(server)).contains(waiting);
        }
    }

    @Test
    @DisplayName("Class 33: the disk of pg_wal that runs full is told early by log, status and metrics")
    void the_disk_of_pg_wal_that_runs_full_is_told_early() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(work, "wal", "size=96m,mode=700");
                AgentProcess agent = AgentProcess.beside(work, Variant.DISK)) {
            Cluster source = agent.cluster();
            PostgresInstance server = source.server();
            server.stop(StopMode.FAST);
            disk.hold(server.dataDirectory().resolve("pg_wal"), work);
            server.start();
            agent.startAndWait();
            assertThat(source.pgpitr().run("status").expect(ExitCode.OK).err()).doesNotContain("the disk of pg_wal");

            disk.fillTo(10 << 20);
            server.await("the warning", () -> agent.log().contains("warning agent: the disk of pg_wal has 10 % left"));
            assertThat(source.pgpitr().run("status").expect(ExitCode.OK).err())
                    .contains("warning: the disk of pg_wal has 10 % left; when it is full the server stops");
            double free = AgentMetricsTest.value(AgentMetricsTest.scrape(agent), "pgpitr_wal_disk_free_bytes");
            double size = AgentMetricsTest.value(AgentMetricsTest.scrape(agent), "pgpitr_wal_disk_size_bytes");
            assertThat(free / size).isBetween(0.08, 0.12);
            source.insert("the server still works");
            source.archive();
        }
    }

    @Test
    @DisplayName("Class 34: of two agents started at once one works, and when it is killed the next one can")
    void of_two_agents_started_at_once_one_works() throws Exception {
        try (AgentProcess first = AgentProcess.beside(work, Variant.DISK);
                AgentProcess second = first.another()) {
            first.start();
            second.start();
            PostgresInstance server = first.cluster().server();
            server.await(
                    "the end of one",
                    () -> !first.process().isAlive() || !second.process().isAlive());
            AgentProcess stays = first.process().isAlive() ? first : second;
            AgentProcess ended = stays == first ? second : first;
            assertThat(ended.process().exitValue()).isEqualTo(ExitCode.LOCKED.status());
            assertThat(ended.log()).contains("is running already");
            server.await("the other's pipe", () -> Files.exists(stays.spool().answers()));
            first.cluster().insert("row");
            first.cluster().archive();
            assertThat(stays.process().isAlive()).isTrue();

            stays.kill();
            ended.startAndWait();
            first.cluster().insert("another row");
            first.cluster().archive();
            ended.stop();
        }
    }

    @Test
    void an_agent_that_is_stopped_while_the_store_hangs_ends_in_bounded_time() throws Exception {
        try (S3Server s3 = S3Server.start();
                AgentProcess agent = AgentProcess.beside(work, Variant.DISK, AgentProcess.variables(s3))
                        .startAndWait()) {
            s3.door().always(request -> request.method().equals("PUT"), new Fault.NoAnswer());
            Cluster source = agent.cluster();
            segment(source, "row");
            source.server()
                    .await(
                            "the upload",
                            () -> s3.door().requests().stream()
                                    .anyMatch(request -> request.target().contains("/wal/")
                                            && request.method().equals("PUT")));
            agent.stop();
            s3.door().heal();
            AgentProcess.awaitDrained(source.server());
        }
    }
}
