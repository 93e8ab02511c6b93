package org.pgpitr.cli.command;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.service.agent.Agent;
import org.pgpitr.service.agent.AgentComponent;
import org.pgpitr.service.agent.AgentLog;
import org.pgpitr.service.agent.Archiver;
import org.pgpitr.service.agent.LastingPush;
import org.pgpitr.service.agent.ServiceNotifier;
import org.pgpitr.service.archive.PushLimits;
import org.pgpitr.service.catalog.CatalogComponent;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.index.RollUpComponent;
import org.pgpitr.service.prefetch.ArchivedSegments;
import org.pgpitr.service.prefetch.PrefetchSettings;
import org.pgpitr.service.prefetch.Prefetcher;
import org.pgpitr.service.spool.Spool;
import org.pgpitr.service.spool.SpoolOwner;
import org.pgpitr.service.stream.StreamComponent;
import org.pgpitr.service.stream.StreamOptions;
import org.pgpitr.service.wiring.Wiring;

/**
 * The parts of an agent for one data directory.
 *
 * @param dataDirectory its real path
 * @param limits of all pushes: what is received and what PostgreSQL offers are the same segments
 */
record AgentComponents(
        Environment environment,
        Configuration configuration,
        Path dataDirectory,
        PushLimits limits,
        AgentLog log,
        MeterRegistry registry) {
    private static final int LARGE_SEGMENT = 16 << 20;
    private static final int MOST_FETCHES = 2;

    private Spool spool() {
        return new Spool(Spool.root(environment.variables()), dataDirectory);
    }

    /**
     * @param file the configuration
     * @param time of that file, from before it was read
     * @param archived hears what a whole segment that was archived tells
     */
    AgentComponent archiver(Wiring wiring, Path file, Optional<FileTime> time, Consumer<SegmentSummary> archived)
            throws IOException {
        WalSegmentSize segmentSize = LocalServer.segmentSize(dataDirectory);
        return new Archiver(
                dataDirectory,
                segmentSize,
                spool(),
                SpoolOwner.of(
                        Files.getLastModifiedTime(dataDirectory.resolve("PG_VERSION")),
                        file.toAbsolutePath(),
                        time,
                        environment.variables()),
                new LastingPush(wiring.repositories(), dataDirectory, limits, archived),
                segmentSize.bytes() > LARGE_SEGMENT ? 1 : limits.pushes(),
                log,
                environment.clock(),
                registry);
    }

    AgentComponent prefetcher() {
        return new Prefetcher(
                dataDirectory,
                spool(),
                environment.variables(),
                source -> new ArchivedSegments(
                        source,
                        dataDirectory,
                        environment.variables(),
                        environment.standardConfiguration(),
                        warning -> log.warning("prefetch", warning),
                        registry),
                new PrefetchSettings(
                        configuration.agent().prefetch().bytes(),
                        Math.min(MOST_FETCHES, configuration.agent().workers()),
                        configuration.agent().idleTimeout()),
                log,
                environment.clock(),
                registry);
    }

    CatalogComponent catalogs(Wiring wiring) {
        return new CatalogComponent(
                wiring.connection(),
                wiring.repositories(),
                dataDirectory,
                configuration.agent().catalogInterval(),
                log,
                environment.clock());
    }

    RollUpComponent rollUps(Wiring wiring) {
        return new RollUpComponent(wiring.repositories(), dataDirectory, log, environment.clock());
    }

    AgentComponent stream(Wiring wiring, StreamOptions.OnNoSlot noSlot) {
        return new StreamComponent(
                wiring.connection(),
                wiring.repositories(),
                wiring.stream(noSlot, StreamOptions.OnMissing.REQUIRE),
                limits,
                log,
                environment.clock(),
                registry);
    }

    Agent agent(List<AgentComponent> components) {
        return new Agent(
                dataDirectory,
                spool(),
                components,
                ServiceNotifier.of(environment.variables()),
                log,
                environment.clock(),
                registry);
    }
}
