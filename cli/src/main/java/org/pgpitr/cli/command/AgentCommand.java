package org.pgpitr.cli.command;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgpitr.cli.option.ConfigurationOptions;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.service.agent.Agent;
import org.pgpitr.service.agent.AgentComponent;
import org.pgpitr.service.agent.AgentLog;
import org.pgpitr.service.agent.Archiver;
import org.pgpitr.service.agent.LastingPush;
import org.pgpitr.service.agent.MetricsPort;
import org.pgpitr.service.agent.ServiceNotifier;
import org.pgpitr.service.catalog.CatalogComponent;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.config.ListenAddress;
import org.pgpitr.service.spool.Spool;
import org.pgpitr.service.spool.SpoolOwner;
import org.pgpitr.service.stream.StreamComponent;
import org.pgpitr.service.stream.StreamOptions;
import org.pgpitr.service.wiring.Wiring;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The resident agent. */
@Command(
        name = "agent",
        header = "Run the agent beside the server: archive ahead of it, in the foreground.",
        description = {
            "Ships what PostgreSQL offers to be archived, several segments at once, so that archive_command finds it done"
                    + " and answers in milliseconds. Runs until it is told to stop, one for a data directory, as the"
                    + " server's user. Kill it at any time: nothing is lost, and archive_command does the work itself"
                    + " without it.",
            "",
            "PGPITR_SPOOL names the folder in which it leaves word for archive_command (else /run/pgpitr); the server"
                    + " needs the same."
        },
        footer = {"  pgpitr agent", "  pgpitr agent --config /etc/pgpitr/main.toml", "  pgpitr status"})
public final class AgentCommand extends PgpitrCommand {
    private static final int LARGE_SEGMENT = 16 << 20;

    private final Environment environment;

    @Option(
            names = "--create-slot",
            description = "Make the replication slot of [stream] if it is not there when the agent begins to receive.")
    private boolean createSlot;

    @ArgGroup(validate = false, heading = "%nConfiguration:%n", order = 1)
    private final ConfigurationOptions options = new ConfigurationOptions();

    public AgentCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    ExitCode run() throws IOException {
        if (options.repository().isPresent() || options.cluster().isPresent()) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "the agent takes neither --repository nor --cluster",
                    "it archives where archive_command does: to all repositories of the configuration");
        }
        // Read again after its time was taken: an edit in between gives another time, and no hook believes this agent.
        Path file = options.load(environment, List.of()).file().orElse(environment.standardConfiguration());
        Optional<FileTime> time = timeOf(file);
        Configuration configuration = options.loadQuietly(environment, List.of());
        if (createSlot && !configuration.stream().enabled()) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "--create-slot makes a slot that nothing would receive from: `enabled` in [stream] is false",
                    "set enabled = true in [stream], or leave --create-slot out");
        }
        Path dataDirectory = LocalServer.dataDirectory(configuration);
        WalSegmentSize segmentSize = LocalServer.segmentSize(dataDirectory);
        Spool spool = new Spool(Spool.root(environment.variables()), dataDirectory);
        AgentLog log = new AgentLog(environment.err(), configuration.agent().logFormat(), environment.clock());
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (Wiring wiring = ConfigurationOptions.wiring(configuration, environment);
                Closing metrics = metrics(configuration, registry, log)) {
            CatalogComponent catalogs = new CatalogComponent(
                    wiring.connection(),
                    wiring.repositories(),
                    dataDirectory,
                    configuration.agent().catalogInterval(),
                    log,
                    environment.clock());
            Archiver archiver = new Archiver(
                    dataDirectory,
                    segmentSize,
                    spool,
                    SpoolOwner.of(
                            Files.getLastModifiedTime(dataDirectory.resolve("PG_VERSION")),
                            file.toAbsolutePath(),
                            time,
                            environment.variables()),
                    new LastingPush(wiring.repositories(), dataDirectory, catalogs),
                    segmentSize.bytes() > LARGE_SEGMENT
                            ? 1
                            : configuration.agent().workers(),
                    log,
                    environment.clock(),
                    registry);
            List<AgentComponent> components = new ArrayList<>(List.of(archiver, catalogs));
            if (configuration.stream().enabled()) {
                components.add(new StreamComponent(
                        wiring.connection(),
                        wiring.repositories(),
                        wiring.stream(
                                createSlot ? StreamOptions.OnNoSlot.CREATE : StreamOptions.OnNoSlot.FAIL,
                                StreamOptions.OnMissing.REQUIRE),
                        log,
                        environment.clock(),
                        registry));
            }
            new Agent(
                            dataDirectory,
                            spool,
                            components,
                            ServiceNotifier.of(environment.variables()),
                            log,
                            environment.clock(),
                            registry)
                    .run();
        }
        return ExitCode.OK;
    }

    private static Optional<FileTime> timeOf(Path file) throws IOException {
        return Files.exists(file) ? Optional.of(Files.getLastModifiedTime(file)) : Optional.empty();
    }

    private interface Closing extends AutoCloseable {
        @Override
        void close();
    }

    /** Archiving does not depend on somebody watching it: a port that is taken is told, and no more. */
    private static Closing metrics(Configuration configuration, PrometheusMeterRegistry registry, AgentLog log) {
        Optional<ListenAddress> wanted = configuration.agent().metrics();
        if (wanted.isEmpty()) {
            return () -> {};
        }
        try {
            MetricsPort port = MetricsPort.open(wanted.get().resolve(), registry);
            InetSocketAddress address = port.address();
            log.info("metrics", "at http://" + wanted.get().host() + ":" + address.getPort() + "/metrics");
            return port::close;
        } catch (IOException e) {
            log.warning("metrics", "none, since " + wanted.get() + " can't be listened at: " + e.getMessage());
            return () -> {};
        }
    }
}
