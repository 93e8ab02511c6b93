package org.pgpitr.it.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.error.ExitCode;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Programs;
import org.pgpitr.it.kit.TestDistribution;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;

/** {@code pgpitr stream} beside a server, as a process of its own. */
final class Streaming implements AutoCloseable {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Process process;

    private Streaming(Process process) {
        this.process = process;
    }

    /** A running server with one of the samples, as it stands, whose configuration says that it is streamed. */
    static Cluster cluster(Workspace work, int major, Variant variant, String sample) {
        return begun(stopped(work, major, variant, sample));
    }

    /** As {@link #cluster}, but neither started nor known to its repository. */
    static Cluster stopped(Workspace work, int major, Variant variant, String sample) {
        Cluster cluster = Cluster.stopped(work, Programs.of(work, major), variant, InitdbOptions.standard(), sample);
        cluster.pgpitr().variable("PGPITR_STREAM_ENABLED", "true");
        return cluster;
    }

    /** Starts it and makes its place in the repository. */
    static Cluster begun(Cluster cluster) {
        cluster.pgpitr().environment().forEach(cluster.server()::environment);
        cluster.server().start();
        cluster.pgpitr().run("init").expect(ExitCode.OK);
        cluster.prepare();
        return cluster;
    }

    /** Makes the slot. */
    static void createSlot(Cluster cluster) {
        cluster.pgpitr().run("stream", "--create-slot").expect(ExitCode.OK);
    }

    /** Begins to receive, as the systemd unit of the samples does and {@code [stream]} of the configuration says. */
    static Streaming begin(Cluster cluster, String... options) {
        List<String> command = new ArrayList<>(List.of(TestDistribution.unitCommand("pgpitr-stream.service")));
        command.addAll(List.of(options));
        return launch(cluster, command.toArray(String[]::new));
    }

    /** Begins the agent, which receives too; {@code PGPITR_SPOOL} is set. */
    static Streaming agent(Cluster cluster, String... options) {
        String[] command = new String[options.length + 1];
        command[0] = "agent";
        System.arraycopy(options, 0, command, 1, options.length);
        return launch(cluster, command);
    }

    private static Streaming launch(Cluster cluster, String... command) {
        try {
            return new Streaming(cluster.pgpitr().begin("PGPITR_NUMBER", "" + NUMBER.incrementAndGet(), command));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it has said so far. */
    static String log(Cluster cluster) {
        try {
            return Files.readString(cluster.server().folder().resolve("begun.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many objects there are of the stream. */
    static long pieces(Cluster cluster) {
        Path folder = cluster.repositoryFolder().resolve("main/1/stream");
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> file.toString().endsWith(".zst")).count();
        } catch (IOException | UncheckedIOException e) {
            return 0; // it changes under the walk; the next look tells
        }
    }

    /** As {@code kill -9}. */
    void kill() {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(each -> each.onExit().join());
    }

    /** As a service manager ends it. */
    int stop() throws InterruptedException {
        process.destroy();
        return process.waitFor();
    }

    /** The most memory that it has had so far, in megabytes. */
    long mostMemory() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
            if (line.startsWith("VmHWM:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
            }
        }
        throw new IOException("no VmHWM of process " + process.pid());
    }

    boolean isRunning() {
        return process.isAlive();
    }

    int awaitEnd() throws InterruptedException {
        return process.waitFor();
    }

    /** Lets the server give up the WAL of the slot, from which nobody receives any more. */
    static void loseSlot(Cluster cluster) {
        PostgresInstance server = cluster.server();
        server.set("max_slot_wal_keep_size", "1MB").set("min_wal_size", "32MB").reload();
        server.await(
                "the end of the receiver's session",
                () -> slot(cluster, "active").equals("f"));
        for (int i = 0; i < 4; i++) {
            cluster.insert("not received " + i);
            server.query("select pg_switch_wal()");
            server.execute("checkpoint");
        }
        assertThat(slot(cluster, "wal_status")).isEqualTo("lost");
    }

    /** What the server says of the slot. */
    static String slot(Cluster cluster, String column) {
        return cluster.server().query("select " + column + " from pg_replication_slots");
    }

    /** Waits until the server has heard that all it has written so far is durable. */
    static void awaitDurable(Cluster cluster) {
        cluster.awaitStreamed();
    }

    @Override
    public void close() {
        kill();
    }
}
