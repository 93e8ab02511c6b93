package org.pgpitr.cli.command;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.pgpitr.cli.option.ConfigurationOptions;
import org.pgpitr.cli.option.OutputOptions;
import org.pgpitr.cli.output.JsonObject;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.cluster.Server;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
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
        footer = {
            "  pgpitr init",
            "  pgpitr init --create-slot      where WAL is streamed too",
            "  pgpitr init --upgrade          after pg_upgrade, or with other recipients"
        })
public final class InitCommand extends PgpitrCommand {
    private final Environment environment;

    @Option(
            names = "--upgrade",
            description = "Open a new generation under the same name, as after a major upgrade. Old backups stay"
                    + " restorable; the new generation begins with a new backup.")
    private boolean upgrade;

    @ArgGroup(
            exclusive = true,
            order = 0,
            heading = "%nThe replication slot of [stream], for `pgpitr stream` or the agent:%n")
    private Slot slot;

    private static final class Slot {
        @Option(
                names = "--create-slot",
                description = "Make it too; it may be there already. The server keeps WAL for it from then on.")
        private boolean create;

        @Option(names = "--drop-slot", description = "Only drop it, and end: when you no longer stream.")
        private boolean drop;
    }

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
            SlotWork slotWork =
                    new SlotWork(wiring.connection(), configuration.stream().slot());
            if (slot != null && slot.drop) {
                dropSlot(slotWork);
                return ExitCode.OK;
            }
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
            Optional<SlotWork.Done> made =
                    slot == null ? Optional.empty() : Optional.of(slotWork.create(SlotWork.Existing.FINE));
            print(configuration, results, made);
            if (made.isPresent() && !configuration.stream().enabled()) {
                output.progress(environment).say("`enabled` in [stream] is false: nothing receives from the slot yet");
            }
        }
        return ExitCode.OK;
    }

    private void dropSlot(SlotWork work) {
        if (upgrade) {
            throw new PgpitrException(
                    ExitCode.USAGE, "--drop-slot only drops the slot, so --upgrade has no place beside it", null);
        }
        SlotWork.Done done = work.drop();
        if (output.json()) {
            done.json().print(environment.out());
        } else {
            environment.out().println(done.sentence());
        }
    }

    private void print(Configuration configuration, List<InitResult> results, Optional<SlotWork.Done> slotMade) {
        if (output.json()) {
            new JsonObject()
                    .put("cluster", configuration.clusterName())
                    .put("repositories", results.stream().map(InitCommand::json).toList())
                    .put("slot", slotMade.map(SlotWork.Done::json))
                    .print(environment.out());
            return;
        }
        for (InitResult result : results) {
            environment.out().println(sentence(configuration, result));
        }
        slotMade.ifPresent(made -> environment.out().println(made.sentence()));
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
