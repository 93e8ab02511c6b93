package org.pgpitr.it.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Programs;
import org.pgpitr.it.kit.Repositories;
import org.pgpitr.it.kit.TestDistribution;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.service.spool.Spool;
import org.pgpitr.storage.s3.server.S3Server;

/** {@code pgpitr agent} as a process, beside a server, which has segments of 1 MB if nothing else is said. */
final class AgentProcess implements AutoCloseable {
    static final WalSegmentSize SEGMENT = new WalSegmentSize(1 << 20);

    private static final int SIGTERM_STATUS = 143;
    /** Looks between two reloads, by which PostgreSQL's archiver, which rests a minute after three failures, is woken. */
    private static final int LOOKS = 10;

    private final Cluster cluster;
    private final Spool spool;
    private final Path log;
    private Process process;

    private AgentProcess(Cluster cluster, Spool spool, String log) {
        this.cluster = cluster;
        this.spool = spool;
        this.log = cluster.server().folder().resolve(log);
    }

    /** A new cluster, running, whose hooks know the spool; the agent is not started yet. */
    static AgentProcess beside(Workspace work, Variant variant) throws IOException {
        return beside(work, variant, Map.of());
    }

    /** As {@link #beside(Workspace, Variant)}, with more variables for the hooks, the agent and all commands. */
    static AgentProcess beside(Workspace work, Variant variant, Map<String, String> variables) throws IOException {
        return beside(work, variant, SEGMENT, variables);
    }

    /** As {@link #beside(Workspace, Variant, Map)}, with segments of another size. */
    static AgentProcess beside(Workspace work, Variant variant, WalSegmentSize segment, Map<String, String> variables)
            throws IOException {
        Cluster cluster = Cluster.stopped(
                work,
                Programs.installed(work, Majors.binaries(Majors.newest())),
                variant,
                InitdbOptions.standard().with(segment));
        Path root = work.folder().resolve("spool");
        variables.forEach(cluster.pgpitr()::variable);
        cluster.pgpitr().variable(Spool.VARIABLE, root.toString()).variable("PGPITR_AGENT_METRICS", "127.0.0.1:0");
        cluster.pgpitr().environment().forEach(cluster.server()::environment);
        cluster.server().start();
        cluster.pgpitr().run("init").expect(org.pgpitr.error.ExitCode.OK);
        cluster.prepare();
        return new AgentProcess(
                cluster, new Spool(root, cluster.server().dataDirectory().toRealPath()), "begun.log");
    }

    /** What makes a store in this JVM the repository. */
    static Map<String, String> variables(S3Server store) {
        return Repositories.s3Variables(store.endpoint().toString(), "agent");
    }

    /** A second one beside the same server, not started yet. */
    AgentProcess another() {
        return new AgentProcess(cluster, spool, "second.log");
    }

    Cluster cluster() {
        return cluster;
    }

    Spool spool() {
        return spool;
    }

    Process process() {
        return process;
    }

    /** As the systemd unit of the samples starts it. */
    AgentProcess start() throws IOException {
        return start(Map.of());
    }

    /** As {@link #start()}, with more variables for the agent alone. */
    AgentProcess start(Map<String, String> variables) throws IOException {
        Map<String, String> all = new HashMap<>(variables);
        all.put("PGPITR_AGENT_LOG_FORMAT", "text");
        process = cluster.pgpitr().begin(log, all, TestDistribution.unitCommand("pgpitr-agent.service"));
        return this;
    }

    /** Starts it and waits until hooks can ask it. */
    AgentProcess startAndWait() throws IOException {
        start();
        cluster.server().await("the agent's pipe", () -> Files.exists(spool.answers()) || !process.isAlive());
        assertThat(process.isAlive()).as(log()).isTrue();
        return this;
    }

    /** Where its metrics are; it has said so in its log. */
    URI metrics() {
        Matcher address = Pattern.compile("metrics: at (http://\\S+)").matcher(log());
        assertThat(address.find()).as(log()).isTrue();
        return URI.create(address.group(1));
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The hooks of this server that runs, and of no other, whose command line has these words. */
    static List<ProcessHandle> hooks(PostgresInstance server, String words) throws IOException {
        String pid = Files.readAllLines(server.dataDirectory().resolve("postmaster.pid"))
                .get(0);
        return ProcessHandle.of(Long.parseLong(pid)).stream()
                .flatMap(ProcessHandle::descendants)
                .filter(process -> process.info()
                        .commandLine()
                        .filter(line -> line.contains(words))
                        .isPresent())
                .toList();
    }

    /** Kills them ({@code kill -9}); whether there was one. */
    static boolean killHooks(PostgresInstance server, String words) throws IOException {
        List<ProcessHandle> hooks = hooks(server, words);
        hooks.forEach(ProcessHandle::destroyForcibly);
        return !hooks.isEmpty();
    }

    /** Waits until the server takes all that it offers for archived. */
    static void awaitDrained(PostgresInstance server) {
        int[] looks = new int[1];
        server.await("an empty backlog", () -> {
            if (looks[0]++ % LOOKS == 0) {
                server.query("select pg_reload_conf()");
            }
            return waiting(server) == 0;
        });
    }

    private static long waiting(PostgresInstance server) {
        String[] names =
                server.dataDirectory().resolve("pg_wal/archive_status").toFile().list();
        return Arrays.stream(names).filter(name -> name.endsWith(".ready")).count();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Ends it as systemd does. */
    void stop() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(log()).isEqualTo(SIGTERM_STATUS);
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
        }
    }
}
