package org.pgpitr.cli.command;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.pgpitr.cli.option.ConfigurationOptions;
import org.pgpitr.cli.option.OutputOptions;
import org.pgpitr.cli.output.JsonObject;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.error.ExitCode;
import org.pgpitr.service.archive.ArchiveGet;
import org.pgpitr.service.config.Configuration;
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
        ArchiveGet.Outcome outcome;
        try (Wiring wiring = ConfigurationOptions.wiring(configuration, environment)) {
            outcome = new ArchiveGet(wiring.repositories(), Path.of("").toAbsolutePath())
                    .get(name, destination, generation == null ? OptionalInt.empty() : OptionalInt.of(generation));
        }
        boolean found = outcome == ArchiveGet.Outcome.FOUND;
        if (output.json()) {
            new JsonObject().put("file", name).put("found", found).print(environment.out());
        }
        return found ? ExitCode.OK : ExitCode.ABSENT;
    }
}
