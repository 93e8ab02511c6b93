package org.pgpitr.cli.command;

import java.nio.file.Path;
import java.util.Optional;
import org.pgpitr.cli.demo.Demo;
import org.pgpitr.cli.demo.DemoOptions;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.error.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The main job in miniature. */
@Command(
        name = "demo",
        header = "See it work: a cluster, a backup, a dropped table, and the cluster back.",
        description = {
            "Makes a PostgreSQL cluster of its own in a temporary folder, archives its WAL, takes a backup while rows are"
                    + " being committed, drops a table, recovers to just before, and proves by queries that every row"
                    + " committed before that moment is there and none after. Everything is done by pgpitr's own"
                    + " commands, which are shown. Nothing of it remains, unless you say --keep.",
            "",
            "As root, the servers run as the user postgres, or nobody."
        },
        footer = {
            "  pgpitr demo",
            "  pgpitr demo --keep",
            "  pgpitr demo --encrypt --postgres /usr/lib/postgresql/17/bin",
            "  AWS_PROFILE=test pgpitr demo --repository s3://bucket/demo",
            "  PGPITR_REPOSITORY_ENDPOINT=http://localhost:9000 pgpitr demo -r s3://bucket/demo"
        })
public final class DemoCommand extends PgpitrCommand {
    private final Environment environment;

    @Option(
            names = {"-r", "--repository"},
            paramLabel = "NAME|URL",
            description =
                    "Archive there instead of in the temporary folder: a URL, or a repository of the configuration."
                            + " Its endpoint and the like come from the configuration or the variables. What the demo"
                            + " stores there, under a name of its own, it deletes in the end.")
    private String repository;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "Where to look for the settings of --repository. Nothing else is taken from it.")
    private Path config;

    @Option(names = "--encrypt", description = "Make a key pair, and encrypt all that is stored.")
    private boolean encrypt;

    @Option(
            names = "--postgres",
            paramLabel = "BIN_DIR",
            description = "Use the installed PostgreSQL whose programs (postgres, initdb, pg_ctl) stand there.")
    private Path postgres;

    @Option(names = "--keep", description = "Leave it all in place, servers running, and print how to look at it.")
    private boolean keep;

    public DemoCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    ExitCode run() throws Exception {
        new Demo(
                        environment,
                        new DemoOptions(
                                Optional.ofNullable(repository),
                                Optional.ofNullable(config),
                                encrypt ? DemoOptions.Protection.ENCRYPTED : DemoOptions.Protection.PLAIN,
                                Optional.ofNullable(postgres),
                                keep ? DemoOptions.Afterwards.KEEP : DemoOptions.Afterwards.DELETE))
                .run();
        return ExitCode.OK;
    }
}
