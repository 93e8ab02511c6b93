package org.pgpitr.cli.command;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.pgpitr.cli.option.ConfigurationOptions;
import org.pgpitr.cli.option.OutputOptions;
import org.pgpitr.cli.output.PinJson;
import org.pgpitr.cli.recovery.Planning;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.retention.Pin;
import org.pgpitr.repository.retention.Pins;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.wiring.Wiring;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Leaves a backup to the policy again. */
@Command(
        name = "unpin",
        header = "Take the pin off a backup: the retention policy decides over it again.",
        footer = "  pgpitr unpin 20261120T140500Z")
public final class UnpinCommand extends PgpitrCommand {
    private final Environment environment;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "BACKUP", description = "The backup's identifier, as `pgpitr list` shows it.")
    private String backup;

    @Option(
            names = "--generation",
            paramLabel = "N",
            order = 1,
            description = "Of the cluster; else the newest that has such a backup.")
    private Integer generation;

    @ArgGroup(validate = false, heading = "%nConfiguration:%n", order = 1)
    private final ConfigurationOptions options = new ConfigurationOptions();

    @ArgGroup(validate = false, heading = "%nOutput:%n", order = 2)
    private final OutputOptions output = new OutputOptions();

    public UnpinCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    ExitCode run() {
        BackupId id = id();
        Configuration configuration = options.load(environment, List.of());
        try (Wiring wiring = ConfigurationOptions.wiring(configuration, environment)) {
            Generation found = new Planning(wiring.repository(), environment.clock())
                    .generation(generation == null ? OptionalInt.empty() : OptionalInt.of(generation), Optional.of(id));
            Pin pin = new Pins(found)
                    .remove(id)
                    .orElseThrow(() -> new PgpitrException(
                            ExitCode.USAGE,
                            "backup " + id + " is not pinned in " + found,
                            "`pgpitr list` shows the pins"));
            if (output.json()) {
                PinJson.of(pin)
                        .put("backup", id)
                        .put("generation", found.number())
                        .print(environment.out());
            } else {
                environment.out().println("backup " + id + " is not pinned any more; it was: " + pin.reason());
            }
        }
        return ExitCode.OK;
    }

    private BackupId id() {
        try {
            return BackupId.parse(backup);
        } catch (InvalidFormatException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
