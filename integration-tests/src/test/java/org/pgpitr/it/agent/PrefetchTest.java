package org.pgpitr.it.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.cli.demo.StopMode;
import org.pgpitr.error.ExitCode;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Moment;
import org.pgpitr.it.kit.Outcome;
import org.pgpitr.it.kit.Programs;
import org.pgpitr.it.kit.SmallDisk;
import org.pgpitr.it.kit.TestDistribution;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.service.spool.Spool;
import org.pgpitr.storage.s3.server.Fault;
import org.pgpitr.storage.s3.server.RecordedRequest;
import org.pgpitr.storage.s3.server.S3Server;

/** Recoveries of real servers, whose WAL an agent fetches ahead of them. */
@Tag("scenario")
class PrefetchTest {
    private static final int MB = 1 << 20;
    private static final Pattern PID = Pattern.compile("\"pid\" *: *(\\d+)");
    private static final Pattern TAKEN = Pattern.compile("\"taken_files\" *: *(\\d+)");

    private final Workspace work = new Workspace();

    @org.junit.jupiter.api.AfterEach
    void end() {
        work.close();
    }

    private Cluster source(int segmentSize) {
        Cluster source = Cluster.create(
                work, Majors.newest(), Variant.DISK, InitdbOptions.standard().with(new WalSegmentSize(segmentSize)));
        source.backup();
        return source;
    }

    private static Moment archived(Cluster cluster, int segments) {
        Moment last = null;
        for (int i = 0; i < segments; i++) {
            last = cluster.insert("row " + i);
            cluster.archive();
        }
        return last;
    }

    private Path spools() {
        return work.folder().resolve("spool");
    }

    /** Its hooks and commands use the spool of this test. */
    private Cluster withSpool(Cluster cluster) {
        cluster.pgpitr().variable(Spool.VARIABLE, spools().toString());
        cluster.server().environment(Spool.VARIABLE, spools().toString());
        return cluster;
    }

    private Spool spool(Cluster cluster) throws IOException {
        return new Spool(spools(), cluster.server().dataDirectory().toRealPath());
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Long> find(Pattern pattern, Path file) {
        Matcher matcher = pattern.matcher(read(file));
        return matcher.find() ? Optional.of(Long.valueOf(matcher.group(1))) : Optional.empty();
    }

    private static Path prefetched(Cluster cluster) {
        return cluster.server().dataDirectory().resolve("pg_wal/pgsql_tmp.pgpitr");
    }

    private void awaitNothingLeft(Cluster cluster) throws IOException {
        Spool spool = spool(cluster);
        cluster.server()
                .await(
                        "the end of the agent",
                        () -> find(PID, spool.status())
                                .flatMap(ProcessHandle::of)
                                .filter(ProcessHandle::isAlive)
                                .isEmpty());
        assertThat(prefetched(cluster)).doesNotExist();
    }

    @ParameterizedTest(name = "segments of {0} MB")
    @ValueSource(ints = {1, 64})
    @DisplayName("Class 5: a recovery takes what an agent has fetched ahead of it, whatever the segment size")
    void a_recovery_takes_what_was_fetched_ahead(int megabytes) throws Exception {
        Cluster source = source(megabytes * MB);
        Moment end = archived(source, 8);
        Cluster recovered = withSpool(source.restore("--no-archive", "--target-action", "promote"));
        Spool spool = spool(recovered);
        recovered.pgpitr().variable("PGPITR_AGENT_METRICS", "off");
        Process agent = recovered.pgpitr().begin("PGPITR_AGENT_PREFETCH", (3 * megabytes) + "MB", "agent");
        try {
            recovered
                    .server()
                    .await("the prefetcher", () -> Files.exists(spool.recovery().answers()));
            recovered.server().start().awaitRecovered();
            recovered.expect(end);
            Path log = recovered.server().folder().resolve("begun.log");
            recovered
                    .server()
                    .await("the end of the prefetching", () -> read(log).contains("no longer following"));
            assertThat(read(log)).doesNotContain("warning prefetch").doesNotContain("it took 0 segments");
            assertThat(prefetched(recovered)).doesNotExist();
            // The agent writes what it is doing once a second.
            recovered
                    .server()
                    .await(
                            "the status",
                            () -> recovered
                                    .pgpitr()
                                    .run("status", "--json")
                                    .expect(ExitCode.OK)
                                    .out()
                                    .contains("\"following\" : false"));
        } finally {
            agent.destroyForcibly().waitFor();
        }
    }

    @Test
    void a_standby_starts_an_agent_which_may_be_killed_and_ends_with_the_recovery() throws Exception {
        Cluster source = source(MB);
        archived(source, 2);
        Cluster standby = withSpool(source.restore("--standby", "--target-timeline", "latest"));
        standby.server()
                .include(TestDistribution.sample("standby.conf"))
                .set("archive_mode", "off")
                .set("wal_retrieve_retry_interval", "100ms")
                .start();
        Spool spool = spool(standby);
        long first = takesFromAnAgent(source, standby, spool);
        ProcessHandle.of(first).orElseThrow().destroyForcibly();
        standby.server()
                .await(
                        "its end",
                        () -> ProcessHandle.of(first)
                                .filter(ProcessHandle::isAlive)
                                .isEmpty());
        assertThat(takesFromAnAgent(source, standby, spool)).isNotEqualTo(first);
        assertThat(standby.pgpitr().run("status").expect(ExitCode.OK).out()).contains("prefetch");

        Moment end = source.insert("end");
        source.archive();
        awaitLabel(standby, "end");
        standby.server().promote();
        standby.expect(end);
        awaitNothingLeft(standby);
    }

    /** Archives until an agent that the standby's hook started has handed a segment over; its process. */
    private static long takesFromAnAgent(Cluster source, Cluster standby, Spool spool) {
        standby.server().await("a segment from an agent", () -> {
            source.insert("more");
            source.archive();
            return find(TAKEN, spool.status()).orElse(0L) > 0
                    && find(PID, spool.status()).flatMap(ProcessHandle::of).isPresent();
        });
        return find(PID, spool.status()).orElseThrow();
    }

    /** A Java that notes what it is started for: a hook and its file, or an agent. */
    private Path noteStarts(Cluster cluster) throws IOException {
        Path home = work.folder("java");
        Path java = Path.of(System.getProperty("java.home"));
        Path starts = home.resolve("starts");
        work.user().file(home.resolve("release"), Files.readString(java.resolve("release")));
        work.folder("java/bin");
        Path program = work.user().file(home.resolve("bin/java"), """
                #!/bin/sh
                case "$*" in
                *' agent '*) echo agent ;;
                *' archive-get '*) echo "$*" | sed -E 's/.*(archive-get).* ([^ ]+) [^ ]+$/\\1 \\2/' ;;
                esac >>'%s'
                exec '%s' "$@"
                """.formatted(starts, java.resolve("bin/java")));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        cluster.server().environment("PGPITR_JAVA", program.toString());
        return starts;
    }

    private static void expectFirstRequestAlone(Path starts) throws IOException {
        assertThat(Files.readAllLines(starts))
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("archive-get "),
                        second -> assertThat(second).isEqualTo("agent"));
    }

    @Test
    void a_recovery_starts_java_for_its_first_request_and_for_the_agent_alone() throws Exception {
        Cluster source = source(MB);
        Moment end = archived(source, 5);
        Cluster recovered = withSpool(source.restore("--no-archive", "--target-action", "promote"));
        Path starts = noteStarts(recovered);
        recovered.server().start().awaitRecovered();
        recovered.expect(end);
        awaitNothingLeft(recovered);
        expectFirstRequestAlone(starts);
    }

    @Test
    @DisplayName("Class 3: a standby that polls hears of each absence, and of what was archived since, without Java")
    void a_standby_that_polls_starts_no_java() throws Exception {
        Cluster source = source(MB);
        archived(source, 1);
        Cluster standby = withSpool(source.restore("--standby", "--target-timeline", "latest"));
        Path starts = noteStarts(standby);
        standby.server()
                .include(TestDistribution.sample("standby.conf"))
                .set("archive_mode", "off")
                .set("wal_retrieve_retry_interval", "50ms")
                .start();
        for (int i = 0; i < 5; i++) {
            source.insert("polled " + i);
            source.archive();
            awaitLabel(standby, "polled " + i);
        }
        expectFirstRequestAlone(starts);
        standby.server().promote();
        awaitNothingLeft(standby);
        expectFirstRequestAlone(starts);
    }

    private static void awaitLabel(Cluster cluster, String label) {
        cluster.server()
                .await(
                        "the row " + label,
                        () -> cluster.server()
                                .query("select count(*) from t where label = '" + label + "'")
                                .equals("1"));
    }

    @Test
    @DisplayName("Class 6: two recoveries at once on a host, and across a timeline switch, each get their own WAL")
    void two_recoveries_at_once_across_a_timeline_switch() throws Exception {
        Cluster source = source(MB);
        archived(source, 3);
        Cluster second = withSpool(source.recoverAndArchive());
        assertThat(second.timeline()).isEqualTo(2);
        Moment onSecond = archived(second, 5);
        source.insert("after the switch");
        Moment onFirst = archived(source, 5);

        Cluster latest =
                withSpool(source.restore("--no-archive", "--target-timeline", "2", "--target-action", "promote"));
        Cluster old = withSpool(source.restore("--no-archive", "--target-timeline", "1", "--target-action", "promote"));
        latest.server().start();
        old.server().start();
        latest.server().awaitRecovered();
        old.server().awaitRecovered();
        latest.expect(onSecond);
        old.expect(onFirst);
        awaitNothingLeft(latest);
        awaitNothingLeft(old);
    }

    @Test
    @DisplayName("Class 3: a store that fails in the middle stops the recovery, with prefetched WAL as without")
    void a_store_that_fails_in_the_middle_stops_the_recovery_and_never_ends_it() throws Exception {
        Cluster source = source(MB);
        archived(source, 6);
        String segment = source.lastArchived();
        Moment end = archived(source, 4);
        Path object = source.repositoryFolder()
                .resolve("main/1/wal")
                .resolve(segment.substring(0, 8))
                .resolve(segment.substring(8, 16))
                .resolve(segment + ".zst");
        Cluster recovered = withSpool(source.restore("--no-archive", "--target-action", "promote"));
        PostgresInstance server = recovered.server();
        Set<PosixFilePermission> readable = Files.getPosixFilePermissions(object);
        Files.setPosixFilePermissions(object, Set.of());
        server.tryStart();
        server.await("the end of the recovery", () -> !server.isRunning());
        assertThat(server.log()).contains("could not restore file \"" + segment + "\"");
        assertThat(server.dataDirectory().resolve("recovery.signal")).exists();

        Files.setPosixFilePermissions(object, readable);
        server.start().awaitRecovered();
        recovered.expect(end);
        awaitNothingLeft(recovered);
    }

    private static String nameIn(RecordedRequest request) {
        return request.target().substring(request.target().lastIndexOf('/') + 1);
    }

    private static void bodiesFallSilentOnce(S3Server s3, String last, Set<String> met) {
        s3.door()
                .always(
                        request -> request.method().equals("GET")
                                && request.target().contains("/wal/")
                                && nameIn(request).compareTo(last) <= 0
                                && met.add(request.target()),
                        new Fault.StallBody(1000));
    }

    /** Starts the server, whose recovery can't get beyond that segment; the trouble comes while its hook waits for it. */
    private static void stopsAt(String segment, Cluster recovered, Callable<Boolean> trouble) {
        PostgresInstance server = recovered.server();
        int before = server.log().length();
        CompletableFuture<Boolean> start =
                CompletableFuture.supplyAsync(server::tryStart, task -> new Thread(task, "start").start());
        server.await("the hook for " + segment, () -> {
            try {
                return trouble.call();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(start.join()).as("whether it has started").isFalse();
        server.await("the end of the recovery", () -> !server.isRunning());
        assertThat(server.log().substring(before)).contains("could not restore file \"" + segment + "\"");
        assertThat(server.dataDirectory().resolve("recovery.signal")).exists();
    }

    @Test
    @DisplayName(
            "Class 3: bodies that fall silent are taken up where they stopped, and a hook that is killed, or a store that"
                    + " goes in the middle of a recovery, stops it and never ends it")
    void bodies_that_fall_silent_hooks_that_are_killed_and_a_store_that_goes() throws Exception {
        Path objects = work.folder("objects");
        Set<String> met = ConcurrentHashMap.newKeySet();
        Cluster recovered;
        Moment end;
        String last;
        int port;
        try (S3Server s3 = S3Server.startAgain(objects, 0)) {
            port = s3.endpoint().getPort();
            Cluster source = Cluster.stopped(
                    work,
                    Programs.of(work, Majors.newest()),
                    Variant.DISK,
                    InitdbOptions.standard().with(new WalSegmentSize(MB)));
            AgentProcess.variables(s3).forEach(source.pgpitr()::variable);
            source.pgpitr().environment().forEach(source.server()::environment);
            source.server().start();
            source.pgpitr().run("init").expect(ExitCode.OK);
            source.prepare();
            source.backup();
            archived(source, 3);
            String middle = source.lastArchived();
            end = archived(source, 1);
            last = source.lastArchived() + ".zst";
            recovered = withSpool(source.restore("--no-archive", "--target-action", "promote"));
            source.pgpitr().environment().forEach(recovered.server()::environment);
            s3.door().always(request -> request.isFor("GET", middle + ".zst"), new Fault.NoAnswer());
            bodiesFallSilentOnce(s3, last, met);
            PostgresInstance server = recovered.server();
            stopsAt(middle, recovered, () -> server.isRunning() && AgentProcess.killHooks(server, middle));
            assertThat(server.log()).containsPattern("terminated by signal 9|exited with exit code 137");
            stopsAt(middle, recovered, () -> {
                boolean waits = server.isRunning()
                        && !AgentProcess.hooks(server, middle).isEmpty();
                if (waits) {
                    s3.close();
                }
                return waits;
            });
        }
        try (S3Server s3 = S3Server.startAgain(objects, port)) {
            bodiesFallSilentOnce(s3, last, met);
            recovered.server().start().awaitRecovered();
            recovered.expect(end);
            assertThat(met).hasSizeGreaterThanOrEqualTo(4);
            awaitNothingLeft(recovered);
        }
    }

    @Test
    void a_standby_stops_where_the_repository_is_away_or_waits_for_it_as_the_sample_says() throws Exception {
        Cluster source = source(MB);
        archived(source, 1);
        Cluster aborting = standby(source, "standby.conf");
        Cluster waiting = standby(source, "standby-waiting.conf");
        awaitLabel(aborting, "row 0");
        awaitLabel(waiting, "row 0");
        Path away = source.repositoryFolder().resolveSibling("away");
        Files.move(source.repositoryFolder(), away);
        aborting.server().await("the server to stop", () -> !aborting.server().isRunning());
        waiting.server().await("an error", () -> waiting.server().log().contains("error: "));
        assertThat(waiting.labels()).containsExactly("row 0");
        Files.move(away, source.repositoryFolder());
        source.insert("after");
        source.archive();
        awaitLabel(waiting, "after");
        waiting.server().stop(StopMode.FAST);
        aborting.server().start();
        awaitLabel(aborting, "after");
    }

    @Test
    void where_the_disk_of_pg_wal_is_full_the_recovery_goes_on_without_prefetched_wal() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(work, "wal", "size=160m,mode=700")) {
            Cluster source = source(4 * MB);
            archived(source, 2);
            Cluster standby = withSpool(source.restore("--standby", "--target-timeline", "latest"));
            disk.hold(standby.server().dataDirectory().resolve("pg_wal"), work);
            standby.server()
                    .include(TestDistribution.sample("standby.conf"))
                    .set("archive_mode", "off")
                    .set("wal_retrieve_retry_interval", "100ms")
                    .start();
            Spool spool = spool(standby);
            takesFromAnAgent(source, standby, spool);
            Path log = spool.folder().resolve("agent.log");
            assertThat(read(log)).doesNotContain("nothing is prefetched");
            source.insert("caught up");
            source.archive();
            awaitLabel(standby, "caught up");

            // room for the one segment that the server itself brings in, and for none beside it
            disk.fillTo(7 * MB);
            standby.server()
                    .await(
                            "the warning",
                            () -> read(log)
                                    .contains("warning prefetch: nothing is prefetched: the disk of pg_wal is full"));
            source.insert("while it is full");
            source.archive();
            awaitLabel(standby, "while it is full");
            // The agent writes what it is doing once a second.
            standby.server().await("the status", () -> {
                Outcome status = standby.pgpitr().run("status").expect(ExitCode.OK);
                return status.out().replaceAll("\\s+", " ").contains("it fails: nothing is prefetched")
                        && status.err().contains("warning: WAL is not fetched ahead of the recovery");
            });

            disk.makeRoom();
            standby.server().await("room again", () -> read(log).contains("the disk of pg_wal has room again"));
            long before = find(TAKEN, spool.status()).orElse(0L);
            standby.server().await("a prefetched segment", () -> {
                source.insert("more");
                source.archive();
                return find(TAKEN, spool.status()).orElse(0L) > before;
            });
            Moment end = source.insert("end");
            source.archive();
            awaitLabel(standby, "end");
            standby.server().promote();
            standby.expect(end);
            awaitNothingLeft(standby);
        }
    }

    private Cluster standby(Cluster source, String sample) throws IOException {
        Cluster standby = withSpool(source.restore("--standby", "--target-timeline", "latest"));
        // restore wrote one too, which would go before the sample's
        Path settings = standby.server().dataDirectory().resolve("postgresql.auto.conf");
        Files.write(
                settings,
                Files.readAllLines(settings).stream()
                        .filter(line -> !line.startsWith("restore_command"))
                        .toList());
        standby.server()
                .include(TestDistribution.sample(sample))
                .set("archive_mode", "off")
                .set("wal_retrieve_retry_interval", "200ms")
                .start();
        return standby;
    }
}
