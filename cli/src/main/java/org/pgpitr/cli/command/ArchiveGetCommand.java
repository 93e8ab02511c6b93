package org.pgpitr.cli.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.pgpitr.cli.option.ConfigurationOptions;
import org.pgpitr.cli.option.OutputOptions;
import org.pgpitr.cli.output.ErrorText;
import org.pgpitr.cli.output.JsonObject;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.service.archive.ArchiveGet;
import org.pgpitr.service.archive.WantedGeneration;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.prefetch.RecoveryHook;
import org.pgpitr.service.prefetch.RecoverySource;
import org.pgpitr.service.wiring.Wiring;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * PostgreSQL's {@code restore_command}. PostgreSQL takes every exit status from 1 to 125 as "there is no such WAL", so
 * this command says that with {@link #ABSENT_STATUS}, a status that Java never ends with by itself; the launcher makes
 * 1 of it, and more than 125 of every other failure.
 */
@Command(
        name = "archive-get",
        header = "Fetch one WAL file. PostgreSQL calls it as restore_command.",
        description = {
            "Puts the file in place whole and verified, or not at all. Exits with 1 only where every repository itself"
                    + " says that there is no such file, and with more than 125 when anything else is in the way, so that"
                    + " PostgreSQL stops a recovery instead of ending it early.",
            "",
            "Needs the repository and the cluster's name only."
        },
        footer = {
            "  restore_command = '/opt/pgpitr/bin/pgpitr archive-get %%f \"%%p\"'      in postgresql.conf",
            "  pgpitr archive-get 000000010000000000000042 /tmp/000000010000000000000042",
            "  pgpitr archive-get 00000002.history /tmp/h -r s3://bucket/prefix --cluster main"
        })
public final class ArchiveGetCommand extends PgpitrCommand {
    /** Says to the launcher that the store itself says that the file does not exist. */
    public static final int ABSENT_STATUS = 91;

    private final Environment environment;

    @Parameters(index = "0", paramLabel = "FILE", description = "The file's name, as PostgreSQL gives it with %%f.")
    private String name;

    @Parameters(
            index = "1",
            paramLabel = "PATH",
            description =
                    "Where to put it, as PostgreSQL gives it with %%p: relative to the data directory, or absolute.")
    private Path destination;

    @Option(
            names = "--generation",
            paramLabel = "N",
            description =
                    "Of the cluster, counted from 1. Without it, the one of the cluster in the data directory, else"
                            + " the newest.")
    private Integer generation;

    @Option(
            names = "--system-identifier",
            paramLabel = "ID",
            description = "Whose generation it must be. A repository that counts them otherwise is searched for it; one"
                    + " that knows other clusters only has none of its files. `pgpitr restore` writes this and the next"
                    + " option into restore_command.")
    private String systemIdentifier;

    @Option(
            names = "--encryption",
            paramLabel = "none|age",
            description = "Of the generation of that system identifier; none without it.")
    private ClusterIdentity.Encryption encryption;

    /** The launcher does it: it calls this command anew, with the configuration as it is by then. */
    @Option(
            names = "--wait",
            description = "Where the file can't be had, try again every 10 seconds instead of failing, for ever. For a"
                    + " standby, whose server would stop; see docs/archiving.md.")
    private boolean wait;

    @ArgGroup(validate = false, heading = "%nConfiguration:%n", order = 1)
    private final ConfigurationOptions options = new ConfigurationOptions();

    @ArgGroup(validate = false, heading = "%nOutput:%n", order = 2)
    private final OutputOptions output = new OutputOptions();

    public ArchiveGetCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        ExitCode exitCode = run();
        return exitCode == ExitCode.ABSENT ? ABSENT_STATUS : exitCode.status();
    }

    @Override
    ExitCode run() {
        Configuration configuration = options.loadQuietly(environment, List.of());
        Path dataDirectory = Path.of("").toAbsolutePath();
        RecoverySource source = source();
        ErrorText err = new ErrorText(environment.err(), environment.coloursErr());
        ArchiveGet.Outcome outcome;
        try (Wiring wiring = ConfigurationOptions.wiring(configuration, environment)) {
            WantedGeneration wanted = wanted(source, dataDirectory);
            outcome = new ArchiveGet(wiring.repositories(), dataDirectory, err::warning)
                    .answer(name, destination, destination, wanted);
        }
        boolean found = outcome == ArchiveGet.Outcome.FOUND;
        tell(configuration, source, dataDirectory, found, err);
        if (output.json()) {
            new JsonObject().put("file", name).put("found", found).print(environment.out());
        }
        return found ? ExitCode.OK : ExitCode.ABSENT;
    }

    private RecoverySource source() {
        return new RecoverySource(
                options.file(environment),
                options.repository(),
                options.cluster(),
                Optional.ofNullable(generation),
                Optional.ofNullable(systemIdentifier),
                Optional.ofNullable(encryption));
    }

    private static WantedGeneration wanted(RecoverySource source, Path dataDirectory) {
        try {
            return source.wanted(dataDirectory);
        } catch (InvalidFormatException e) {
            throw new PgpitrException(
                    ExitCode.USAGE, e.getMessage(), "`pgpitr list` shows the clusters' system identifiers", e);
        }
    }

    /** The file is in place by now, or is known to be absent: nothing here makes a failure of that. */
    private void tell(
            Configuration configuration, RecoverySource source, Path dataDirectory, boolean found, ErrorText err) {
        try {
            RecoveryHook hook = new RecoveryHook(
                    dataDirectory.toRealPath(),
                    environment.variables(),
                    configuration.agent(),
                    source,
                    options.config(),
                    environment.launcher(),
                    environment.clock());
            if (hook.isCalledFor(destination)) {
                hook.answered(found ? Optional.of(WalFileName.parse(name)) : Optional.empty());
            }
        } catch (IOException | RuntimeException e) {
            err.warning("nothing is prefetched: " + e);
        }
    }
}
