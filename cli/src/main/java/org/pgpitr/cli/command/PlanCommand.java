package org.pgpitr.cli.command;

import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgpitr.cli.option.ConfigurationOptions;
import org.pgpitr.cli.option.OutputOptions;
import org.pgpitr.cli.option.RecoveryOptions;
import org.pgpitr.cli.option.TargetOptions;
import org.pgpitr.cli.output.LabelledPage;
import org.pgpitr.cli.recovery.Estimate;
import org.pgpitr.cli.recovery.PlanJson;
import org.pgpitr.cli.recovery.PlanPage;
import org.pgpitr.cli.recovery.Planned;
import org.pgpitr.cli.recovery.Planning;
import org.pgpitr.cli.recovery.RestoreCommandSetting;
import org.pgpitr.cli.recovery.Shell;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.error.ExitCode;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.plan.RecoveryRequest;
import org.pgpitr.service.Progress;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.restore.RestoreOptions;
import org.pgpitr.service.restore.TablespaceMapCheck;
import org.pgpitr.service.wiring.Wiring;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says how a target would be reached, and does nothing. */
@Command(
        name = "plan",
        header = "Say how a moment would be recovered, or why it can't be. Changes nothing.",
        description = {
            "Prints the backup, the timelines, the WAL, what is to be fetched, and what `pgpitr restore` with the same"
                    + " options would write. A target that can't be reached is refused with 21, with the reason and the"
                    + " nearest moments that can.",
            "",
            "Needs the repository and the cluster's name only: no server, no data directory."
        },
        footer = {
            "  pgpitr plan                                                    to the end of the archived WAL",
            "  pgpitr plan --target-time '2026-11-20 14:04:59+01'",
            "  pgpitr plan --full                                             read and check all of it first",
            "  pgpitr plan --target-xid 7351 --target-exclusive               just before a transaction",
            "  pgpitr plan --target-name before_release -r s3://bucket/prefix --cluster main"
        })
public final class PlanCommand extends PgpitrCommand {
    private static final String FULL = "--full";

    private final Environment environment;

    @Spec
    private CommandSpec spec;

    @Option(
            names = FULL,
            arity = "0",
            description =
                    "Read first all that this recovery would read, the backup and its WAL, as `pgpitr verify --full`"
                            + " does. What is damaged is named, and counts as missing. Without it names, sizes and summaries are"
                            + " read, and the WAL where the recovery stops.")
    private boolean full;

    @ArgGroup(validate = false, heading = "%nTarget:%n", order = 1)
    private final TargetOptions target = new TargetOptions();

    @ArgGroup(validate = false, heading = "%nRecovered cluster:%n", order = 2)
    private final RecoveryOptions recovery = new RecoveryOptions();

    @ArgGroup(validate = false, heading = "%nConfiguration:%n", order = 3)
    private final ConfigurationOptions options = new ConfigurationOptions();

    @ArgGroup(validate = false, heading = "%nOutput:%n", order = 4)
    private final OutputOptions output = new OutputOptions();

    public PlanCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    ExitCode run() {
        ZoneId zone = environment.clock().getZone();
        RecoveryRequest request = target.request(spec.commandLine(), zone);
        target.tellAssumedZone(environment);
        Configuration configuration = options.load(environment, List.of());
        try (Wiring wiring = ConfigurationOptions.wiring(configuration, environment)) {
            Planning planning = new Planning(wiring.repository(), environment.clock());
            Generation generation = planning.generation(target.generation(), request.backup());
            RestoreOptions restore = new RestoreOptions(
                    Path.of("DIR"),
                    recovery.tablespaceMap(),
                    configuration.restore().workers(),
                    new RestoreCommandSetting(environment, options, configuration).text(generation.identity()),
                    recovery.targetAction(spec.commandLine()),
                    RestoreOptions.Mode.RECOVERY,
                    RestoreOptions.Archiving.KEEP,
                    Optional.empty());
            Estimate estimate = Estimate.begin(generation);
            Planning.Checked checked = plan(planning, generation, request, wiring, configuration);
            Planned planned = new Planned(
                    generation,
                    checked.plan(),
                    checked.content(),
                    estimate.of(checked.plan()),
                    target.time(zone),
                    restore);
            TablespaceMapCheck.require(planned.plan().backup(), restore.tablespaceMap(), Optional.empty());
            if (output.json()) {
                PlanJson.of(planned).print(environment.out());
            } else {
                LabelledPage page = new LabelledPage(environment.terminal().width(), environment.coloursOut());
                new PlanPage(planned, zone, PlanPage.Mood.WOULD).print(page);
                page.gap().verbatim("Do it", List.of(restoreCommandLine()));
                environment.out().print(page);
            }
        }
        return ExitCode.OK;
    }

    private Planning.Checked plan(
            Planning planning,
            Generation generation,
            RecoveryRequest request,
            Wiring wiring,
            Configuration configuration) {
        Progress progress = output.progress(environment);
        return full
                ? planning.plan(
                        generation,
                        request,
                        progress,
                        new Planning.Reading(
                                wiring.repositoryToVerify(),
                                configuration.verify().workers()))
                : new Planning.Checked(planning.plan(generation, request, progress), Optional.empty());
    }

    private String restoreCommandLine() {
        List<String> words = new ArrayList<>();
        words.add("pgpitr");
        for (String word : spec.root().commandLine().getParseResult().originalArgs()) {
            if (!word.equals(FULL)) {
                words.add(words.size() == 1 && word.equals(spec.name()) ? "restore" : word);
            }
        }
        return Shell.line(words) + " --into DIR";
    }
}
