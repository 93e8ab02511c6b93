package org.pgpitr.cli.command;

import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.error.ExitCode;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Completion for shells. */
@Command(
        name = "completion",
        header = "Print the completion script for bash and zsh.",
        footer = {"  source <(pgpitr completion)", "  pgpitr completion > /usr/share/bash-completion/completions/pgpitr"
        })
public final class CompletionCommand extends PgpitrCommand {
    private final Environment environment;

    @Spec
    private CommandSpec spec;

    public CompletionCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    ExitCode run() {
        environment.out().print(AutoComplete.bash("pgpitr", spec.root().commandLine()));
        return ExitCode.OK;
    }
}
