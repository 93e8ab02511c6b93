package org.pgpitr.cli.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.pgpitr.cli.option.ConfigurationOptions;
import org.pgpitr.cli.option.OutputOptions;
import org.pgpitr.cli.output.ErrorText;
import org.pgpitr.cli.output.JsonObject;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.service.agent.OnDemandAgent;
import org.pgpitr.service.archive.ArchivePush;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.config.OnDemand;
import org.pgpitr.service.init.DataDirectory;
import org.pgpitr.service.spool.Spool;
import org.pgpitr.service.wiring.Wiring;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** PostgreSQL's {@code archive_command}. */
@Command(
        name = "archive-push",
        header = "Archive one WAL file. PostgreSQL calls it as archive_command.",
        description = {
            "Checks that the file is this cluster's and what its name says, and stores it once, in every repository. When"
                    + " it exits with 0, the file is durable in all of them. The same content again is success; another"
                    + " content under the same name is refused with 22."
        },
        footer = {
            "  archive_command = '/opt/pgpitr/bin/pgpitr archive-push \"%%p\"'      in postgresql.conf",
            "  pgpitr archive-push pg_wal/000000010000000000000042             by hand, in the data directory"
        })
public final class ArchivePushCommand extends PgpitrCommand {
    /** The command by whose name an agent is started for it. */
    static final String COMMAND = "archive-push";

    private final Environment environment;

    @Parameters(
            paramLabel = "PATH",
            description = "The file, as PostgreSQL gives it with %%p: relative to the data directory, or absolute.")
    private Path file;

    @ArgGroup(validate = false, heading = "%nConfiguration:%n", order = 1)
    private final ConfigurationOptions options = new ConfigurationOptions();

    @ArgGroup(validate = false, heading = "%nOutput:%n", order = 2)
    private final OutputOptions output = new OutputOptions();

    public ArchivePushCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    ExitCode run() {
        Configuration configuration = options.loadQuietly(environment, List.of());
        try (Wiring wiring = ConfigurationOptions.wiring(configuration, environment)) {
            ArchivePush.Result result = new ArchivePush(wiring.repositories(), dataDirectory(configuration)).push(file);
            startAgent(configuration);
            if (output.json()) {
                new JsonObject()
                        .put("file", result.name())
                        .put("bytes", result.bytes())
                        .put(
                                "outcomes",
                                result.outcomes().stream()
                                        .map(outcome -> outcome.name().toLowerCase(java.util.Locale.ROOT))
                                        .toList())
                        .print(environment.out());
            }
        }
        return ExitCode.OK;
    }

    /** With the first segment that the server offers, if that is wanted; the file is durable whatever becomes of it. */
    private void startAgent(Configuration configuration) {
        if (configuration.agent().onDemand() != OnDemand.ALWAYS
                || !Path.of("pg_wal").equals(file.getParent())
                || options.repository().isPresent()
                || options.cluster().isPresent()) {
            return;
        }
        try {
            Path here = Path.of("").toRealPath();
            Spool spool = new Spool(Spool.root(environment.variables()), here);
            OnDemandAgent agent = new OnDemandAgent(environment.launcher(), here, spool, environment.clock());
            if (!agent.isRunning() && agent.isPossible()) {
                spool.create();
                agent.start(COMMAND, options.config());
            }
        } catch (IOException | PgpitrException e) {
            new ErrorText(environment.err(), environment.coloursErr())
                    .warning("no agent is started: " + e.getMessage());
        }
    }

    /**
     * Whose the file is. PostgreSQL runs its commands in its data directory, and only that counts for a relative path:
     * the configured one may be another cluster's, such as the original of a recovered copy. An absolute path is given
     * by hand.
     */
    private Path dataDirectory(Configuration configuration) {
        Path here = Path.of("").toAbsolutePath();
        Path folder = file.getParent();
        if (!file.isAbsolute() || folder == null || folder.getParent() == null || DataDirectory.isOne(here)) {
            return here;
        }
        return DataDirectory.isOne(folder.getParent())
                ? folder.getParent()
                : configuration.cluster().dataDirectory().orElse(here);
    }
}
