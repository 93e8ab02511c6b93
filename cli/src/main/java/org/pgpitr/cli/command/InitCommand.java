package org.pgpitr.cli.command;

import java.util.List;
import java.util.Locale;
import org.pgpitr.cli.option.ConfigurationOptions;
import org.pgpitr.cli.option.OutputOptions;
import org.pgpitr.cli.output.JsonObject;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.cluster.Server;
import org.pgpitr.error.ExitCode;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.init.ClusterFacts;
import org.pgpitr.service.init.InitResult;
import org.pgpitr.service.init.InitTask;
import org.pgpitr.service.wiring.Wiring;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes the cluster's place in its repositories. */
@Command(
        name = "init",
        header = "Make the cluster's place in the repository and record whose it is.",
        description = {
            "Asks the server, or its data directory if it does not run, which cluster it is. Again on the same cluster is"
                    + " success; another cluster under the same name is refused. Whether the cluster is encrypted is"
                    + " decided here, by [encryption] recipients."
        },
        footer = {"  pgpitr init", "  pgpitr init --upgrade          after pg_upgrade, or with other recipients"})
public final class InitCommand extends PgpitrCommand {
    private final Environment environment;

    @Option(
            names = "--upgrade",
            description = "Open a new generation under the same name, as after a major upgrade. Old backups stay"
                    + " restorable; the new generation begins with a new backup.")
    private boolean upgrade;

    @ArgGroup(validate = false, heading = "%nConfiguration:%n", order = 1)
    private final ConfigurationOptions options = new ConfigurationOptions();

    @ArgGroup(validate = false, heading = "%nOutput:%n", order = 2)
    private final OutputOptions output = new OutputOptions();

    public InitCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    ExitCode run() {
        Configuration configuration = options.load(environment, List.of());
        try (Wiring wiring = ConfigurationOptions.wiring(configuration, environment)) {
            ClusterFacts facts = ClusterFacts.read(
                    () -> Server.connect(wiring.connection()),
                    configuration.cluster().dataDirectory(),
                    output.progress(environment));
            InitTask task = new InitTask(
                    facts,
                    upgrade ? InitTask.Upgrade.ALLOW : InitTask.Upgrade.REFUSE,
                    configuration.cluster().dataDirectory(),
                    environment.clock());
            List<InitResult> results = task.run(wiring.initTargets());
            print(configuration, results);
        }
        return ExitCode.OK;
    }

    private void print(Configuration configuration, List<InitResult> results) {
        if (output.json()) {
            new JsonObject()
                    .put("cluster", configuration.clusterName())
                    .put("repositories", results.stream().map(InitCommand::json).toList())
                    .print(environment.out());
            return;
        }
        for (InitResult result : results) {
            environment.out().println(sentence(configuration, result));
        }
    }

    private static String sentence(Configuration configuration, InitResult result) {
        ClusterIdentity identity = result.identity();
        String what = switch (result.outcome()) {
            case CREATED -> " has its place now in ";
            case ALREADY_THERE -> " has its place already in ";
            case UPGRADED -> " has a new generation in ";
        };
        return "cluster \"" + configuration.clusterName() + "\"" + what + result.location() + ": generation "
                + identity.generation() + ", PostgreSQL " + identity.major() + ", system identifier "
                + identity.systemIdentifier() + ", WAL segments of " + identity.segmentSize() + ", "
                + (identity.encryption() == Encryption.AGE ? "encrypted" : "not encrypted");
    }

    private static JsonObject json(InitResult result) {
        ClusterIdentity identity = result.identity();
        return new JsonObject()
                .put("location", result.location())
                .put("outcome", result.outcome().name().toLowerCase(Locale.ROOT))
                .put("generation", identity.generation())
                .put("system_identifier", identity.systemIdentifier())
                .put("postgresql_major", identity.major().value())
                .put("wal_segment_bytes", identity.segmentSize().bytes())
                .put("encrypted", identity.encryption() == Encryption.AGE);
    }
}
