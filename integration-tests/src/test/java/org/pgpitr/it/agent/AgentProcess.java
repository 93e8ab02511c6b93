package org.pgpitr.it.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Programs;
import org.pgpitr.it.kit.TestDistribution;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.service.spool.Spool;

/** {@code pgpitr agent} as a process, beside a server of 1 MB segments. */
final class AgentProcess implements AutoCloseable {
    private static final int SIGTERM_STATUS = 143;

    private final Cluster cluster;
    private final Spool spool;
    private Process process;

    private AgentProcess(Cluster cluster, Spool spool) {
        this.cluster = cluster;
        this.spool = spool;
    }

    /** A new cluster, running, whose hooks know the spool; the agent is not started yet. */
    static AgentProcess beside(Workspace work, Variant variant) throws IOException {
        Cluster cluster = Cluster.stopped(
                work,
                Programs.installed(work, Majors.binaries(Majors.newest())),
                variant,
                InitdbOptions.standard().with(new WalSegmentSize(1 << 20)));
        Path root = work.folder().resolve("spool");
        cluster.pgpitr().variable(Spool.VARIABLE, root.toString()).variable("PGPITR_AGENT_METRICS", "127.0.0.1:0");
        cluster.pgpitr().environment().forEach(cluster.server()::environment);
        cluster.server().start();
        cluster.pgpitr().run("init").expect(org.pgpitr.error.ExitCode.OK);
        cluster.prepare();
        return new AgentProcess(
                cluster, new Spool(root, cluster.server().dataDirectory().toRealPath()));
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

    AgentProcess start() throws IOException {
        process = cluster.pgpitr().begin("PGPITR_AGENT_LOG_FORMAT", "text", arguments());
        return this;
    }

    /** What the systemd unit of the samples starts it with. */
    private static String[] arguments() throws IOException {
        String line = Files.readAllLines(TestDistribution.sample("systemd/pgpitr-agent.service")).stream()
                .filter(each -> each.startsWith("ExecStart="))
                .findFirst()
                .orElseThrow();
        String[] words = line.substring("ExecStart=".length()).split(" ");
        assertThat(words[0]).endsWith("/bin/pgpitr");
        return Arrays.copyOfRange(words, 1, words.length);
    }

    /** Starts it and waits until hooks can ask it. */
    AgentProcess startAndWait() throws IOException {
        start();
        cluster.server().await("the agent's pipe", () -> Files.exists(spool.answers()) || !process.isAlive());
        assertThat(process.isAlive()).as(log()).isTrue();
        return this;
    }

    String log() {
        try {
            return Files.readString(cluster.server().folder().resolve("begun.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
