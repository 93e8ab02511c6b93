package org.pgpitr.service.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.pgpitr.service.spool.Acknowledgements;
import org.pgpitr.service.spool.Spool;
import org.pgpitr.service.spool.SpoolOwner;

/** An archiver at work. */
final class RunningArchiver implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Spool spool;
    private final StringWriter log = new StringWriter();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Archiver archiver;
    private final Thread thread;

    RunningArchiver(OfferedWal wal, Path spoolRoot, Consumer<Path> push) throws IOException {
        this(wal, spoolRoot, push, Clock.systemUTC());
    }

    RunningArchiver(OfferedWal wal, Path spoolRoot, Consumer<Path> push, Clock clock) throws IOException {
        spool = new Spool(spoolRoot, wal.directory());
        spool.create();
        archiver = new Archiver(
                wal.directory(),
                OfferedWal.SIZE,
                spool,
                SpoolOwner.of(
                        Files.getLastModifiedTime(wal.directory().resolve("PG_VERSION")),
                        wal.directory().resolve("pgpitr.toml"),
                        Optional.empty(),
                        Map.of()),
                push,
                3,
                new AgentLog(new PrintWriter(log, true), AgentLog.Format.TEXT, clock),
                clock,
                registry);
        thread = new Thread(() -> {
            try {
                archiver.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        thread.start();
        await("the pipe", () -> Files.exists(spool.answers()));
    }

    Spool spool() {
        return spool;
    }

    SimpleMeterRegistry registry() {
        return registry;
    }

    String log() {
        return log.toString();
    }

    Map<String, Object> status() {
        return archiver.status();
    }

    boolean isAcknowledged(Object name) {
        return Files.exists(spool.acknowledged().resolve(name.toString()));
    }

    FileTime acknowledgement(Object name) throws IOException {
        return Files.getLastModifiedTime(spool.acknowledged().resolve(name.toString()));
    }

    void awaitAcknowledged(Object name) {
        await("the acknowledgement of " + name, () -> isAcknowledged(name));
    }

    /** What the agent answers a hook that offers a file. */
    String ask(Object name) throws IOException, InterruptedException {
        Process hook = new ProcessBuilder(
                        "sh",
                        "-c",
                        """
                exec 3<>"$1" 4<"$1" 3>&-
                printf '' >"$2.$$"
                read -r answer <&4
                printf '%s' "$answer" | sed "s/$$/PID/"
                """,
                        "hook",
                        spool.answers().toString(),
                        spool.asked().resolve(name.toString()).toString())
                .start();
        assertThat(hook.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("answered")
                .isTrue();
        return new String(hook.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    static void await(String what, BooleanSupplier there) {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (!there.getAsBoolean()) {
            assertThat(System.nanoTime() - until).as("waiting for " + what).isNegative();
            try {
                TimeUnit.MILLISECONDS.sleep(5);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    java.util.Set<String> acknowledged() {
        try {
            return Acknowledgements.present(spool);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        thread.interrupt();
        thread.join();
    }
}
