package org.pgpitr.cli.command;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.pgpitr.cli.option.ConfigurationOptions;
import org.pgpitr.cli.option.OutputOptions;
import org.pgpitr.cli.output.Human;
import org.pgpitr.cli.output.PinJson;
import org.pgpitr.cli.recovery.Planning;
import org.pgpitr.cli.retention.PinEnd;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.error.ExitCode;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.retention.Pin;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.expire.PinTask;
import org.pgpitr.service.wiring.Wiring;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Keeps a backup whatever the policy says. */
@Command(
        name = "pin",
        header = "Keep a backup, whatever the retention policy says.",
        description = "Its WAL stays too: with `wal` in [retention] what makes it consistent, else all from it on."
                + " `pgpitr list` shows the pins; `pgpitr unpin` takes one off.",
        footer = {
            "  pgpitr pin 20261120T140500Z --reason 'before the migration'",
            "  pgpitr pin 20261120T140500Z --reason 'audit of 2026' --until 2033-12-31"
        })
public final class PinCommand extends PgpitrCommand {
    private static final Duration PATIENCE_WITH_EXPIRY = Duration.ofMinutes(10);

    private final Environment environment;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "BACKUP", description = "The backup's identifier, as `pgpitr list` shows it.")
    private String backup;

    @Option(names = "--reason", paramLabel = "TEXT", required = true, order = 1, description = "Why, for people.")
    private String reason;

    @Option(
            names = "--until",
            paramLabel = "DATE",
            order = 2,
            description = "The last day on which it holds, such as 2027-12-31, or a moment with its zone. Without it,"
                    + " until it is taken off.")
    private String until;

    @Option(
            names = "--generation",
            paramLabel = "N",
            order = 3,
            description = "Of the cluster; else the newest that has such a backup.")
    private Integer generation;

    @ArgGroup(validate = false, heading = "%nConfiguration:%n", order = 1)
    private final ConfigurationOptions options = new ConfigurationOptions();

    @ArgGroup(validate = false, heading = "%nOutput:%n", order = 2)
    private final OutputOptions output = new OutputOptions();

    public PinCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    ExitCode run() throws InterruptedException {
        Pin pin = pin();
        Configuration configuration = options.load(environment, List.of());
        try (Wiring wiring = ConfigurationOptions.wiring(configuration, environment)) {
            Generation found = new Planning(wiring.repository(), environment.clock())
                    .generation(
                            generation == null ? OptionalInt.empty() : OptionalInt.of(generation),
                            Optional.of(pin.backup()));
            new PinTask(found, PATIENCE_WITH_EXPIRY, output.progress(environment), environment.clock()).run(pin);
            if (output.json()) {
                PinJson.of(pin)
                        .put("backup", pin.backup())
                        .put("generation", found.number())
                        .print(environment.out());
            } else {
                environment
                        .out()
                        .println("backup " + pin.backup() + " stays"
                                + pin.until()
                                        .map(end -> " until "
                                                + Human.time(
                                                        end, environment.clock().getZone()))
                                        .orElse("")
                                + ": " + pin.reason());
            }
        }
        return ExitCode.OK;
    }

    private Pin pin() {
        try {
            Instant now = environment.clock().instant();
            Optional<Instant> end = Optional.ofNullable(until)
                    .map(text -> PinEnd.parse(text, environment.clock().getZone()));
            if (end.isPresent() && !end.get().isAfter(now)) {
                throw new IllegalArgumentException("--until lies in the past: " + until);
            }
            return new Pin(BackupId.parse(backup), reason, now, end);
        } catch (InvalidFormatException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
