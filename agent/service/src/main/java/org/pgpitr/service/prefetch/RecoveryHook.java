package org.pgpitr.service.prefetch;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.service.agent.OnDemandAgent;
import org.pgpitr.service.agent.Postmaster;
import org.pgpitr.service.config.AgentSettings;
import org.pgpitr.service.config.OnDemand;
import org.pgpitr.service.init.DataDirectory;
import org.pgpitr.service.spool.Delivery;
import org.pgpitr.service.spool.Spool;
import org.pgpitr.service.spool.SpoolOwner;

/** What {@code archive-get} does for the requests that will follow, after it has answered one by itself. */
public final class RecoveryHook {
    /** The command by whose name an agent is started for it. */
    public static final String COMMAND = "archive-get";

    /** As PostgreSQL's recovery gives {@code %p}; pg_rewind and people name other places. */
    private static final List<Path> DESTINATIONS =
            List.of(Path.of("pg_wal", "RECOVERYXLOG"), Path.of("pg_wal", "RECOVERYHISTORY"));

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
        return DESTINATIONS.contains(destination)
                && settings.prefetch().bytes() > 0
                && Postmaster.isInRecovery(dataDirectory)
                && DataDirectory.isOne(dataDirectory);
    }

    /**
     * The file is in place: leaves word of it for the prefetcher, and starts one with the first segment if there is none.
     *
     * @throws IOException if that can't be done; the next request comes here again then
     */
    public void delivered(WalFileName file) throws IOException {
        Spool spool = new Spool(Spool.root(environment), dataDirectory);
        OnDemandAgent agent = new OnDemandAgent(launcher, dataDirectory, spool, clock);
        boolean running = agent.isRunning();
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
        Delivery.leave(spool.recovery(), file, owner);
        if (!running && file instanceof WalSegmentName) {
            agent.start(COMMAND, option);
        }
    }

    /** There is no such file: at the latest at its end a recovery asks for one, and nothing may stay behind then. */
    public void notDelivered() throws IOException {
        Spool spool = new Spool(Spool.root(environment), dataDirectory);
        if (!new OnDemandAgent(launcher, dataDirectory, spool, clock).isRunning()) {
            new PrefetchFolder(dataDirectory).removeLeftovers();
        }
    }
}
