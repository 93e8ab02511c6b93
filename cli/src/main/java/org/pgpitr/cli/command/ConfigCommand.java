package org.pgpitr.cli.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The configuration's own commands. */
@Command(
        name = "config",
        header = "Show, check or begin the configuration.",
        description = "The file, the variables over it, the options over both: docs/configuration.md has every key.",
        synopsisSubcommandLabel = "(show|check|sample)",
        commandListHeading = "%nCommands:%n",
        footer = {"  pgpitr config sample > /etc/pgpitr/pgpitr.toml", "  pgpitr config check", "  pgpitr config show"})
public final class ConfigCommand extends PgpitrCommand {
    @Spec
    private CommandSpec spec;

    @Override
    org.pgpitr.error.ExitCode run() {
        throw new ParameterException(spec.commandLine(), "Missing what to do: show, check or sample");
    }
}
