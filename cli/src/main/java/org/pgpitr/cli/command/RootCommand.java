package org.pgpitr.cli.command;

import org.pgpitr.error.ExitCode;
import org.pgpitr.service.PgpitrVersion;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code pgpitr} itself. */
@Command(
        name = "pgpitr",
        header = "Keeps a PostgreSQL cluster recoverable to any moment.",
        description =
                "Archives WAL and takes base backups, to a disk or to S3; tells which moments can be recovered, and"
                        + " rebuilds the cluster at one of them.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        versionProvider = RootCommand.VersionOfPgpitr.class,
        footerHeading = "%nTo begin with:%n",
        footer = {
            "  pgpitr demo                                    see it work, on a PostgreSQL of its own",
            "  pgpitr config sample > /etc/pgpitr/pgpitr.toml",
            "  pgpitr init && pgpitr backup && pgpitr check",
            "  pgpitr plan --target-time '2026-11-20 14:04:59+01'",
            "",
            "`pgpitr COMMAND --help` tells more. Exit statuses: docs/exit-codes.md."
        })
public final class RootCommand extends PgpitrCommand {
    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Print the version.")
    private boolean version;

    @Override
    ExitCode run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }

    static final class VersionOfPgpitr implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"pgpitr " + PgpitrVersion.current()};
        }
    }
}
