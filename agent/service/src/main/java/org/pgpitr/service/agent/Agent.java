package org.pgpitr.service.agent;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.service.spool.Spool;
import org.pgpitr.service.spool.StatusFile;

/** Runs components until it is told to stop, and tells how they get on. */
public final class Agent {
    private static final Duration BEAT = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long LOOK_MILLIS = 5;
    private static final String SELF = "agent";

    private final Path dataDirectory;
    private final Spool spool;
    private final List<AgentComponent> components;
    private final ServiceNotifier notifier;
    private final AgentLog log;
    private final Clock clock;
    private final Duration patience;
    private final AtomicLong walDiskFree = new AtomicLong();
    private final AtomicLong walDiskTotal = new AtomicLong();
    private boolean scarce;
    private boolean hangs;

    public Agent(
            Path dataDirectory,
            Spool spool,
            List<AgentComponent> components,
            ServiceNotifier notifier,
            AgentLog log,
            Clock clock,
            MeterRegistry registry) {
        this(dataDirectory, spool, components, notifier, log, clock, registry, PATIENCE);
    }

    /** @param patience for how long a component may take to be at work, or to end */
    Agent(
            Path dataDirectory,
            Spool spool,
            List<AgentComponent> components,
            ServiceNotifier notifier,
            AgentLog log,
            Clock clock,
            MeterRegistry registry,
            Duration patience) {
        this.dataDirectory = dataDirectory;
        this.spool = spool;
        this.components = List.copyOf(components);
        this.notifier = notifier;
        this.log = log;
        this.clock = clock;
        this.patience = patience;
        gauge(registry, "pgpitr.wal.disk.free", walDiskFree, "Room left on the disk that holds pg_wal");
        gauge(registry, "pgpitr.wal.disk.size", walDiskTotal, "Size of the disk that holds pg_wal");
    }

    private static void gauge(MeterRegistry registry, String name, AtomicLong value, String description) {
        Gauge.builder(name, value, AtomicLong::get)
                .baseUnit("bytes")
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    /**
     * Works until this thread is interrupted; then stops what runs, and returns.
     *
     * @throws PgpitrException LOCKED if another agent works for this data directory, or the spool is taken away
     */
    public void run() {
        run(Optional.empty());
    }

    /**
     * As {@link #run()}; also returns when nobody has needed any of the components for so long, or the data directory
     * is gone.
     */
    public void runUntilIdle(Duration timeout) {
        run(Optional.of(timeout));
    }

    private void run(Optional<Duration> idleTimeout) {
        spool.create();
        try (AgentLock lock = AgentLock.acquire(spool.lock(), dataDirectory)) {
            List<Supervised> running = new ArrayList<>();
            try {
                components.forEach(component -> running.add(Supervised.start(component, log, clock)));
                log.info(
                        SELF,
                        "working for " + dataDirectory + ", process "
                                + ProcessHandle.current().pid());
                awaitBegun(running);
                notifier.ready();
                beat(lock, idleTimeout);
            } catch (InterruptedException e) {
                log.info(SELF, "stopping");
                notifier.stopping();
            } finally {
                stop(running);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What systemd starts behind the agent finds it at work. */
    private void awaitBegun(List<Supervised> running) throws InterruptedException {
        long until = System.nanoTime() + patience.toNanos();
        while (!running.stream().allMatch(Supervised::hasBegun) && System.nanoTime() - until < 0) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        running.stream()
                .filter(each -> !each.hasBegun())
                .forEach(each -> log.warning(
                        SELF,
                        each.name() + " is not at work after " + patience.toSeconds()
                                + " s; the agent is told to be ready all the same, and hooks do that work themselves"
                                + " meanwhile"));
    }

    private void beat(AgentLock lock, Optional<Duration> idleTimeout) throws InterruptedException, IOException {
        StatusFile status = new StatusFile(spool.status());
        Instant started = clock.instant();
        while (true) {
            if (!lock.holds()) {
                throw new PgpitrException(
                        ExitCode.LOCKED,
                        "the spool " + spool.folder() + " was removed while the agent worked",
                        "start the agent again; systemd does so by itself");
            }
            if (idleTimeout.isPresent() && isNotNeeded(idleTimeout.get())) {
                log.info(SELF, "nothing to do any more");
                return;
            }
            look();
            status.write(facts(started), trouble -> log.warning(SELF, trouble));
            if (notifier.watchdog().filter(this::isMoving).isPresent()) {
                notifier.alive();
            }
            TimeUnit.NANOSECONDS.sleep(Math.min(
                    BEAT.toNanos(), notifier.watchdog().map(Duration::toNanos).orElse(Long.MAX_VALUE) / 3));
        }
    }

    /** systemd restarts an agent of which a part hangs. */
    private boolean isMoving(Duration watchdog) {
        Optional<AgentComponent> hanging = components.stream()
                .filter(component -> component.still().compareTo(watchdog) >= 0)
                .findFirst();
        if (hanging.isPresent() && !hangs) {
            log.error(
                    SELF,
                    hanging.get().name() + " has done nothing for "
                            + hanging.get().still().toSeconds()
                            + " s: the watchdog is not told any more that the agent is alive");
        }
        hangs = hanging.isPresent();
        return !hangs;
    }

    private boolean isNotNeeded(Duration timeout) {
        return !Files.exists(dataDirectory.resolve("PG_VERSION"))
                || components.stream().allMatch(component -> component.idle().compareTo(timeout) >= 0);
    }

    private void look() throws IOException {
        WalDisk disk = WalDisk.of(dataDirectory);
        walDiskFree.set(disk.free());
        walDiskTotal.set(disk.total());
        if (disk.isScarce() && !scarce) {
            log.warning(
                    SELF, "the disk of pg_wal has " + disk.freePercent() + " % left; when it is full the server stops");
        }
        scarce = disk.isScarce();
    }

    private Map<String, Object> facts(Instant started) {
        Map<String, Object> facts = StatusFile.ofThisProcess(started, clock.instant());
        components.forEach(component -> facts.put(component.name(), component.status()));
        return facts;
    }

    private void stop(List<Supervised> running) {
        running.forEach(Supervised::interrupt);
        long until = System.nanoTime() + patience.toNanos();
        for (Supervised each : running) {
            each.await(Math.max(1, TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime())));
        }
    }
}
