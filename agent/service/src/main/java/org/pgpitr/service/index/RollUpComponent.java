package org.pgpitr.service.index;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.index.GrowingRollUps;
import org.pgpitr.service.agent.AgentComponent;
import org.pgpitr.service.agent.AgentLog;
import org.pgpitr.service.archive.LocalCluster;
import org.pgpitr.storage.StorageException;

/**
 * Rolls up what the agent archives, in every repository, from memory. No archiving depends on it: what it can't keep up
 * with it forgets, and what fails is told and left to `pgpitr index rebuild` and the jobs.
 */
public final class RollUpComponent implements AgentComponent, Consumer<SegmentSummary> {
    private static final int MOST_WAITING = 512;
    /** Of each list of a summary; roll-ups keep no more. */
    private static final int KEPT = 100;

    private static final Duration UNNEEDED = Duration.ofDays(365);

    private final List<GrowingRollUps> repositories;
    private final AgentLog log;
    private final Clock clock;
    private final BlockingQueue<SegmentSummary> waiting = new ArrayBlockingQueue<>(MOST_WAITING);

    private long made;
    private WalSegmentName last;
    private String lastError;
    private Instant lastErrorTime;

    /** @param dataDirectory whose cluster's segments come */
    public RollUpComponent(List<Repository> repositories, Path dataDirectory, AgentLog log, Clock clock) {
        this.repositories = repositories.stream()
                .map(repository -> new GrowingRollUps(
                        () -> LocalCluster.generation(repository, LocalCluster.systemIdentifier(dataDirectory)),
                        broken -> failed(
                                "the index leaves out the group of segment " + broken.segment() + ": " + broken.why())))
                .toList();
        this.log = log;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "index";
    }

    /** A segment that was archived whole, everywhere. Never waits. */
    @Override
    public void accept(SegmentSummary segment) {
        if (!waiting.offer(segment.brief(KEPT))) {
            failed("archiving goes faster than the index is written; some of it is left out");
        }
    }

    @Override
    public void run() throws InterruptedException {
        while (true) {
            SegmentSummary segment = waiting.take();
            for (GrowingRollUps repository : repositories) {
                try {
                    done(repository.add(segment));
                } catch (PgpitrException | StorageException e) {
                    failed("part of the index is not written, and archiving goes on: " + e.getMessage());
                }
            }
        }
    }

    private synchronized void done(List<WalSegmentName> groups) {
        for (WalSegmentName group : groups) {
            made++;
            last = group;
            lastError = null;
            lastErrorTime = null;
        }
    }

    private synchronized void failed(String what) {
        if (!what.equals(lastError)) {
            log.warning(name(), what);
        }
        lastError = what;
        lastErrorTime = clock.instant();
    }

    @Override
    public Duration idle() {
        return waiting.isEmpty() ? UNNEEDED : Duration.ZERO;
    }

    @Override
    public synchronized Map<String, Object> status() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("rolled_up", made);
        facts.put("last_group", last == null ? null : last.toString());
        facts.put("last_error", lastError);
        facts.put("last_error_time", lastErrorTime);
        return facts;
    }
}
