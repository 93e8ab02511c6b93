package org.pgpitr.service.catalog;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.pgpitr.cluster.ConnectionSettings;
import org.pgpitr.cluster.Server;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.postgres.wal.WalFacts;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.catalog.CatalogWriter;
import org.pgpitr.service.agent.AgentComponent;
import org.pgpitr.service.agent.AgentLog;
import org.pgpitr.service.archive.LocalCluster;
import org.pgpitr.storage.StorageException;

/**
 * The names of the server's relations, captured again when archived WAL shows that relations came, so that {@code find}
 * can name one that was created behind a backup and dropped before the next. At its start too: what was archived before
 * it was not seen. No archiving depends on it.
 */
public final class CatalogComponent implements AgentComponent, Consumer<SegmentSummary> {
    private final ConnectionSettings settings;
    private final List<Repository> repositories;
    private final Path dataDirectory;
    private final Duration interval;
    private final AgentLog log;
    private final Clock clock;
    /** Begins with one: what was archived before is not known. */
    private final Semaphore changes = new Semaphore(1);

    private Instant captured;
    private Lsn capturedLsn;
    private long relations;
    private String lastError;
    private Instant lastErrorTime;
    private String told = "";

    /**
     * @param dataDirectory whose cluster's names are wanted
     * @param interval from one reading of the server to the next, at least
     */
    public CatalogComponent(
            ConnectionSettings settings,
            List<Repository> repositories,
            Path dataDirectory,
            Duration interval,
            AgentLog log,
            Clock clock) {
        this.settings = settings;
        this.repositories = List.copyOf(repositories);
        this.dataDirectory = dataDirectory;
        this.interval = interval;
        this.log = log;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "catalogs";
    }

    /** A segment that was archived. Names that go are known already. */
    @Override
    public void accept(SegmentSummary segment) {
        WalFacts.Totals totals = segment.facts().totals();
        if (totals.created() > 0 || totals.databases() > 0) {
            changes.release();
        }
    }

    @Override
    public void run() throws InterruptedException {
        while (true) {
            changes.acquire();
            changes.drainPermits();
            try {
                capture();
            } catch (PgpitrException | StorageException e) {
                failed(e);
            }
            TimeUnit.NANOSECONDS.sleep(interval.toNanos());
        }
    }

    private void capture() {
        SystemIdentifier cluster = LocalCluster.systemIdentifier(dataDirectory).orElseThrow();
        try (Server server = Server.connect(settings)) {
            requireSame(cluster, server.facts().systemIdentifier());
            TimelineId timeline = server.timeline();
            try (RelationNames names = RelationNames.read(server)) {
                store(names.catalog(), cluster, timeline);
                done(names);
            }
        }
    }

    private void requireSame(SystemIdentifier here, SystemIdentifier there) {
        if (!here.equals(there)) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "the server that [cluster] leads to has system identifier " + there + ", and " + dataDirectory
                            + " has " + here,
                    "mend host and port of [cluster]");
        }
    }

    /** Into each repository, also when another one fails. */
    private void store(CatalogWriter names, SystemIdentifier cluster, TimelineId timeline) {
        RuntimeException failure = null;
        for (Repository repository : repositories) {
            try {
                names.storeIfNew(LocalCluster.generation(repository, Optional.of(cluster)), timeline);
            } catch (PgpitrException | StorageException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private synchronized void done(RelationNames names) {
        captured = clock.instant();
        capturedLsn = names.catalog().lsn();
        relations = names.catalog().relations();
        lastError = null;
        lastErrorTime = null;
        String unread = names.unread().isEmpty()
                ? ""
                : "`pgpitr find` will know the relations of these databases by their numbers only: " + names.unread();
        tell(unread);
    }

    private synchronized void failed(RuntimeException e) {
        changes.release();
        lastError = e.getMessage();
        lastErrorTime = clock.instant();
        String hint = e instanceof PgpitrException known
                ? known.hint().map(text -> " (hint: " + text + ")").orElse("")
                : "";
        tell("the names of relations are not captured, and archiving goes on: " + e.getMessage() + hint);
    }

    /** Once, and again when it is another. */
    private void tell(String trouble) {
        if (!trouble.isEmpty() && !trouble.equals(told)) {
            log.warning(name(), trouble);
        } else if (trouble.isEmpty() && !told.isEmpty()) {
            log.info(name(), "the names of all relations are captured again");
        }
        told = trouble;
    }

    @Override
    public synchronized Map<String, Object> status() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("last_captured", captured);
        facts.put("last_captured_lsn", capturedLsn);
        facts.put("relations", captured == null ? null : relations);
        facts.put("last_error", lastError);
        facts.put("last_error_time", lastErrorTime);
        return facts;
    }
}
