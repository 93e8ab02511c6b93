package org.pgpitr.cli.command;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgpitr.cli.option.ConfigurationOptions;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.service.agent.AgentComponent;
import org.pgpitr.service.agent.AgentLog;
import org.pgpitr.service.agent.MetricsPort;
import org.pgpitr.service.archive.PushLimits;
import org.pgpitr.service.catalog.CatalogComponent;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.config.ListenAddress;
import org.pgpitr.service.index.RollUpComponent;
import org.pgpitr.service.prefetch.RecoveryHook;
import org.pgpitr.service.stream.StreamOptions;
import org.pgpitr.service.wiring.Wiring;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The resident agent. */
@Command(
        name = "agent",
        header = "Run the agent beside the server: archive and fetch WAL ahead of it, in the foreground.",
        description = {
            "Ships what PostgreSQL offers to be archived, several segments at once, so that archive_command finds it done"
                    + " and answers in milliseconds. Runs until it is told to stop, one for a data directory, as the"
                    + " server's user. Kill it at any time: nothing is lost, and archive_command does the work itself"
                    + " without it.",
            "",
            "While the server recovers or is a standby it fetches WAL ahead of the replay, in the same way for"
                    + " restore_command.",
            "",
            "PGPITR_SPOOL names the folder in which it leaves word for archive_command (else /run/pgpitr); the server"
                    + " needs the same."
        },
        footer = {"  pgpitr agent", "  pgpitr agent --config /etc/pgpitr/main.toml", "  pgpitr status"})
public final class AgentCommand extends PgpitrCommand {
    private final Environment environment;

    @Option(
            names = "--create-slot",
            description = "Make the replication slot of [stream] if it is not there when the agent begins to receive.")
    private boolean createSlot;

    @Option(
            names = "--on-demand",
            paramLabel = "COMMAND",
            completionCandidates = Hooks.class,
            description =
                    "For one of PostgreSQL's commands, archive-get or archive-push, in its data directory, which is the"
                            + " working directory; ends when nothing was needed for [agent] idle_timeout. The two start"
                            + " it so themselves.")
    private String onDemand;

    /** The commands that may start it. */
    static final class Hooks extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        Hooks() {
            super(List.of(RecoveryHook.COMMAND, ArchivePushCommand.COMMAND));
        }
    }

    @ArgGroup(validate = false, heading = "%nConfiguration:%n", order = 1)
    private final ConfigurationOptions options = new ConfigurationOptions();

    public AgentCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    ExitCode run() throws IOException {
        if (onDemand != null && !new Hooks().contains(onDemand)) {
            throw new PgpitrException(
                    ExitCode.USAGE, "--on-demand is for archive-get or archive-push, and not for " + onDemand);
        }
        if (options.repository().isPresent() || options.cluster().isPresent()) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "the agent takes neither --repository nor --cluster",
                    "it archives where archive_command does: to all repositories of the configuration");
        }
        // Read again after its time was taken: an edit in between gives another time, and no hook believes this agent.
        Path file = onDemand == null
                ? options.load(environment, List.of()).file().orElse(environment.standardConfiguration())
                : options.file(environment);
        Optional<FileTime> time = timeOf(file);
        Configuration configuration = options.loadQuietly(environment, List.of());
        if (createSlot && !configuration.stream().enabled()) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "--create-slot makes a slot that nothing would receive from: `enabled` in [stream] is false",
                    "set enabled = true in [stream], or leave --create-slot out");
        }
        Path dataDirectory = onDemand == null
                ? LocalServer.dataDirectory(configuration)
                : Path.of("").toRealPath();
        AgentLog log = new AgentLog(environment.err(), configuration.agent().logFormat(), environment.clock());
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        AgentComponents parts = new AgentComponents(
                environment,
                configuration,
                dataDirectory,
                new PushLimits(configuration.agent().workers()),
                log,
                registry);
        if (onDemand != null) {
            serve(parts, file, time);
            return ExitCode.OK;
        }
        try (Wiring wiring = ConfigurationOptions.wiring(configuration, environment, registry);
                Closing metrics = metrics(configuration, registry, log)) {
            CatalogComponent catalogs = parts.catalogs(wiring);
            RollUpComponent rollUps = parts.rollUps(wiring);
            List<AgentComponent> components = new ArrayList<>(List.of(
                    parts.archiver(wiring, file, time, catalogs.andThen(rollUps)),
                    catalogs,
                    rollUps,
                    parts.prefetcher()));
            if (configuration.stream().enabled()) {
                components.add(
                        parts.stream(wiring, createSlot ? StreamOptions.OnNoSlot.CREATE : StreamOptions.OnNoSlot.FAIL));
            }
            parts.agent(components).run();
        }
        return ExitCode.OK;
    }

    /** Ends well also where another agent was faster: whoever it is that this process belongs to need not hear of it. */
    private void serve(AgentComponents parts, Path file, Optional<FileTime> time) throws IOException {
        Duration timeout = parts.configuration().agent().idleTimeout();
        try (Wiring wiring = ConfigurationOptions.wiring(parts.configuration(), environment)) {
            RollUpComponent rollUps = parts.rollUps(wiring);
            List<AgentComponent> components = onDemand.equals(ArchivePushCommand.COMMAND)
                    ? List.of(parts.archiver(wiring, file, time, rollUps), rollUps, parts.prefetcher())
                    : List.of(parts.prefetcher());
            parts.agent(components).runUntilIdle(timeout);
        } catch (PgpitrException e) {
            if (e.exitCode() != ExitCode.LOCKED) {
                throw e;
            }
        }
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
