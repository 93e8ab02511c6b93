package org.pgpitr.cli.command;

import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.pgpitr.cli.option.ConfigurationOptions;
import org.pgpitr.cli.option.OutputOptions;
import org.pgpitr.cli.option.RecoveryOptions;
import org.pgpitr.cli.option.TargetOptions;
import org.pgpitr.cli.output.Human;
import org.pgpitr.cli.output.JsonObject;
import org.pgpitr.cli.output.LabelledPage;
import org.pgpitr.cli.recovery.Estimate;
import org.pgpitr.cli.recovery.NextSteps;
import org.pgpitr.cli.recovery.PlanJson;
import org.pgpitr.cli.recovery.PlanPage;
import org.pgpitr.cli.recovery.Planned;
import org.pgpitr.cli.recovery.Planning;
import org.pgpitr.cli.recovery.RestoreCommandSetting;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.error.ExitCode;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.plan.RecoveryPlan;
import org.pgpitr.repository.plan.RecoveryRequest;
import org.pgpitr.service.config.ConfigKeys;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.config.Entry;
import org.pgpitr.service.restore.RestoreOptions;
import org.pgpitr.service.restore.RestoreResult;
import org.pgpitr.service.restore.RestoreTask;
import org.pgpitr.service.restore.TablespaceMapCheck;
import org.pgpitr.service.wiring.Wiring;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Rebuilds a data directory. */
@Command(
        name = "restore",
        header = "Rebuild the data directory, to be recovered to a moment.",
        description = {
            "Picks the backup as `pgpitr plan` tells, restores it into an empty directory, verifies every byte, and leaves"
                    + " everything ready: started there, PostgreSQL replays WAL up to the target. Nothing is overwritten,"
                    + " and a restore that was broken off can't be started.",
            "",
            "Needs the repository and the cluster's name only. To be run as the server's user or as root."
        },
        footer = {
            "  pgpitr restore --target-time '2026-11-20 14:04:59+01' --into /var/lib/postgresql/17/recovered",
            "  pgpitr restore --into /tmp/drill --no-archive                  a drill, to the end of the WAL",
            "  pgpitr restore --target-lsn 0/5000148 --tablespace-map fast=/mnt/fast2 --into /srv/recovered",
            "  pgpitr restore --standby --into /srv/standby -r s3://bucket/prefix --cluster main"
        })
public final class RestoreCommand extends PgpitrCommand {
    private final Environment environment;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--into",
            paramLabel = "DIR",
            required = true,
            order = 1,
            description = "The data directory to be: absent or empty.")
    private Path into;

    @Option(
            names = {"-w", "--workers"},
            paramLabel = "N",
            order = 2,
            description = "Fetch, decompress and write so many lanes of the backup at the same time.")
    private String workers;

    @Option(
            names = {"-n", "--dry-run"},
            order = 3,
            description = "Print the plan and do nothing.")
    private boolean dryRun;

    @ArgGroup(validate = false, heading = "%nTarget:%n", order = 1)
    private final TargetOptions target = new TargetOptions();

    @ArgGroup(validate = false, heading = "%nRecovered cluster:%n", order = 2)
    private final RecoveryOptions recovery = new RecoveryOptions();

    @ArgGroup(validate = false, heading = "%nRole and owner:%n", order = 3)
    private final Shape shape = new Shape();

    @ArgGroup(validate = false, heading = "%nConfiguration:%n", order = 4)
    private final ConfigurationOptions options = new ConfigurationOptions();

    @ArgGroup(validate = false, heading = "%nOutput:%n", order = 5)
    private final OutputOptions output = new OutputOptions();

    private static final class Shape {
        @Option(names = "--standby", order = 1, description = "Make a standby of it, which follows the archive.")
        private boolean standby;

        @Option(
                names = "--no-archive",
                order = 2,
                description = "It never archives its own WAL (archive_mode = off): for drills and for a look around.")
        private boolean noArchive;

        @Option(
                names = "--owner",
                paramLabel = "USER[:GROUP]",
                order = 3,
                description = "Whom the files shall belong to, when run as root. Else the owner of DIR, or of the"
                        + " directory it is made in.")
        private String owner;
    }

    public RestoreCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    ExitCode run() {
        ZoneId zone = environment.clock().getZone();
        RecoveryRequest request = target.request(spec.commandLine(), zone);
        target.tellAssumedZone(environment);
        Configuration configuration = options.load(
                environment,
                workers == null ? List.of() : List.of(Entry.flag(ConfigKeys.RESTORE_WORKERS, workers, "--workers")));
        HeapForWorkers.requireForRestore(
                configuration.restore().workers(), Runtime.getRuntime().maxMemory());
        try (Wiring wiring = ConfigurationOptions.wiring(configuration, environment)) {
            Planning planning = new Planning(wiring.repository(), environment.clock());
            Generation generation = planning.generation(target.generation(), request.backup());
            RestoreCommandSetting command = new RestoreCommandSetting(environment, options, configuration);
            RestoreOptions restore = new RestoreOptions(
                    into.toAbsolutePath().normalize(),
                    recovery.tablespaceMap(),
                    configuration.restore().workers(),
                    command.text(generation.identity()),
                    recovery.targetAction(spec.commandLine()),
                    shape.standby ? RestoreOptions.Mode.STANDBY : RestoreOptions.Mode.RECOVERY,
                    shape.noArchive ? RestoreOptions.Archiving.OFF : RestoreOptions.Archiving.KEEP,
                    Optional.ofNullable(shape.owner));
            Estimate estimate = Estimate.begin(generation);
            RecoveryPlan plan = planning.plan(generation, request, output.progress(environment));
            Planned planned =
                    new Planned(generation, plan, Optional.empty(), estimate.of(plan), target.time(zone), restore);
            TablespaceMapCheck.require(planned.plan().backup(), restore.tablespaceMap(), Optional.of(restore.into()));
            showPlan(planned, zone);
            if (!dryRun) {
                RestoreResult result = new RestoreTask(
                                generation, planned.plan(), restore, output.progress(environment), environment.clock())
                        .run();
                showResult(planned, result, zone, command.variables());
            }
        }
        return ExitCode.OK;
    }

    /** Before a restore too: what is about to happen, and that it is what was meant. */
    private void showPlan(Planned planned, ZoneId zone) {
        if (output.json()) {
            if (dryRun) {
                PlanJson.of(planned).print(environment.out());
            }
        } else if (dryRun || !output.quiet()) {
            LabelledPage page = new LabelledPage(environment.terminal().width(), environment.coloursOut());
            new PlanPage(planned, zone, dryRun ? PlanPage.Mood.WOULD : PlanPage.Mood.WILL).print(page);
            environment.out().println(page);
            environment.out().flush();
        }
    }

    private void showResult(Planned planned, RestoreResult result, ZoneId zone, List<String> variables) {
        if (output.json()) {
            new JsonObject()
                    .put("into", result.into())
                    .put("backup", planned.plan().backup().id())
                    .put("generation", planned.generation().number())
                    .put("target", PlanJson.target(planned.plan().target()))
                    .put("timeline", planned.plan().path().timeline().value())
                    .put("files", result.files())
                    .put("bytes", result.bytes())
                    .put("seconds", result.duration())
                    .put("restore_command", planned.options().restoreCommand())
                    .put("variables", variables)
                    .print(environment.out());
            return;
        }
        environment
                .out()
                .println("restored into " + result.into() + ": " + Human.count(result.files(), "file", "files") + ", "
                        + Human.size(result.bytes()) + " in " + Human.duration(result.duration()));
        if (!output.quiet()) {
            environment.out().println();
            NextSteps.lines(planned, result, PlanPage.target(planned, zone), variables)
                    .forEach(environment.out()::println);
        }
    }
}
