package org.pgpitr.cli.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The WAL index's own commands. */
@Command(
        name = "index",
        header = "Keep the WAL index, from which pgpitr knows what is in the archived WAL.",
        description = "The index is a cache of what the segments tell: docs/wal-index.md.",
        synopsisSubcommandLabel = "(rebuild)",
        commandListHeading = "%nCommands:%n",
        footer = "  pgpitr index rebuild")
public final class IndexCommand extends PgpitrCommand {
    @Spec
    private CommandSpec spec;

    @Override
    org.pgpitr.error.ExitCode run() {
        throw new ParameterException(spec.commandLine(), "Missing what to do: rebuild");
    }
}
