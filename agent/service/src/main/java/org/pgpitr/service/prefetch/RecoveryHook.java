package org.pgpitr.service.prefetch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.TimelineHistoryName;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.service.agent.OnDemandAgent;
import org.pgpitr.service.agent.Postmaster;
import org.pgpitr.service.config.AgentSettings;
import org.pgpitr.service.config.OnDemand;
import org.pgpitr.service.init.DataDirectory;
import org.pgpitr.service.spool.Delivery;
import org.pgpitr.service.spool.Spool;
import org.pgpitr.service.spool.SpoolOwner;

/** What {@code archive-get} does for the requests that will follow, when it has answered one by itself. */
public final class RecoveryHook {
    /** The command by whose name an agent is started for it. */
    public static final String COMMAND = "archive-get";

    /** As PostgreSQL's recovery gives {@code %p}; pg_rewind and people name other places. */
    private static final Path SEGMENT = Path.of("pg_wal", "RECOVERYXLOG");

    private static final Path HISTORY = Path.of("pg_wal", "RECOVERYHISTORY");

    /** How long an agent that was started for this request may take to begin, before the next request comes. */
    private static final Duration LONGEST_START = Duration.ofSeconds(10);

    /** How long one that is at work may take to hear of it. */
    private static final Duration LONGEST_HEARING = Duration.ofSeconds(2);

    private static final long LOOK_MILLIS = 5;

    private final Path dataDirectory;
    private final Map<String, String> environment;
    private final AgentSettings settings;
    private final RecoverySource source;
    private final Optional<Path> option;
    private final Path launcher;
    private final Clock clock;

    /**
     * @param dataDirectory the working directory's real path
     * @param option the configuration file, if an option of the hook named it
     * @param launcher how this program is started again
     */
    public RecoveryHook(
            Path dataDirectory,
            Map<String, String> environment,
            AgentSettings settings,
            RecoverySource source,
            Optional<Path> option,
            Path launcher,
            Clock clock) {
        this.dataDirectory = dataDirectory;
        this.environment = environment;
        this.settings = settings;
        this.source = source;
        this.option = option;
        this.launcher = launcher;
        this.clock = clock;
    }

    /** Whether a server that recovers has called. */
    public boolean isCalledFor(Path destination) {
        return (destination.equals(SEGMENT) || destination.equals(HISTORY))
                && settings.prefetch().bytes() > 0
                && Postmaster.isInRecovery(dataDirectory)
                && DataDirectory.isOne(dataDirectory);
    }

    /** Where a recovery wants that file. */
    static Path destination(WalFileName file) {
        return file instanceof TimelineHistoryName ? HISTORY : SEGMENT;
    }

    /**
     * Leaves word of an answer for the prefetcher, and starts one if there is none. It is waited for, so that the next
     * request, which comes at once, finds it.
     *
     * @param file which is in place now; empty if what was asked for is absent. At the latest at its end a recovery asks
     *     for such a one, and nothing of an agent that was killed may stay behind then
     * @throws IOException if that can't be done; the next request comes here again then
     */
    public void answered(Optional<WalFileName> file) throws IOException {
        Spool spool = new Spool(Spool.root(environment), dataDirectory);
        OnDemandAgent agent = new OnDemandAgent(launcher, dataDirectory, spool, clock);
        boolean running = agent.isRunning();
        if (!running && file.isEmpty()) {
            new PrefetchFolder(dataDirectory).removeLeftovers();
        }
        if (!running && (settings.onDemand() == OnDemand.NEVER || !agent.isPossible())) {
            return;
        }
        SpoolOwner owner = source.owner(dataDirectory, environment);
        if (!owner.isPlain() || !owner.configuration().isAbsolute()) {
            return; // the launcher does not take such a call itself
        }
        try {
            spool.create();
        } catch (PgpitrException e) {
            return; // no place for it here; `pgpitr agent` says why
        }
        boolean listens = Delivery.pending(spool.recovery()).isEmpty(); // as far as one that runs has shown
        Path word = Delivery.leave(spool.recovery(), file, owner);
        Optional<Process> started = running ? Optional.empty() : agent.start(COMMAND, option);
        if ((running && listens) || started.isPresent()) {
            awaitHeard(word, started);
        }
    }

    private static void awaitHeard(Path word, Optional<Process> started) {
        long until = System.nanoTime() + (started.isPresent() ? LONGEST_START : LONGEST_HEARING).toNanos();
        try {
            // one that was started and has ended can't, or another one was faster
            while (Files.exists(word)
                    && System.nanoTime() - until < 0
                    && started.map(Process::isAlive).orElse(true)) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
