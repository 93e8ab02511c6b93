package org.pgpitr.cli.command;

import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.pgpitr.cli.option.ConfigurationOptions;
import org.pgpitr.cli.option.OutputOptions;
import org.pgpitr.cli.output.ErrorText;
import org.pgpitr.cli.output.Human;
import org.pgpitr.cli.output.JsonObject;
import org.pgpitr.cli.retention.ExpireJson;
import org.pgpitr.cli.retention.ExpirePage;
import org.pgpitr.cli.retention.RefusedText;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.error.ExitCode;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.retention.RetentionPolicy;
import org.pgpitr.service.config.ConfigKey;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.config.Entry;
import org.pgpitr.service.config.RetentionKeys;
import org.pgpitr.service.config.TimeSpan;
import org.pgpitr.service.expire.ExpirePlan;
import org.pgpitr.service.expire.ExpireReport;
import org.pgpitr.service.expire.ExpireTask;
import org.pgpitr.service.index.IndexAside;
import org.pgpitr.service.wiring.Wiring;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Deletes what the retention policy does not keep. */
@Command(
        name = "expire",
        header = "Delete the backups and the WAL that the retention policy does not keep.",
        description = {
            "Keeps a backup if any rule of [retention] keeps it, and all WAL that a kept backup, a pin, the window or a"
                    + " timeline needs; the newest backup that can be recovered always stays. --dry-run prints what would"
                    + " go and why each thing stays. Nothing is deleted that a restore reads, and none while a backup runs."
                    + " Broken off, it is finished by the next run. See docs/retention.md.",
            "",
            "Works on one repository. Needs no server, but the private key of an encrypted one."
        },
        footer = {
            "  pgpitr expire --dry-run",
            "  pgpitr expire --dry-run --window 30d --monthly 12     what if",
            "  pgpitr expire --quiet --wait 2h                       for cron"
        })
public final class ExpireCommand extends PgpitrCommand {
    private final Environment environment;

    @Option(
            names = {"-n", "--dry-run"},
            order = 1,
            description = "Print the plan and delete nothing.")
    private boolean dryRun;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            order = 2,
            description =
                    "Wait so long, such as 2h, for a backup that is being taken, instead of ending with status 11.")
    private String wait;

    @Spec
    private CommandSpec spec;

    @ArgGroup(validate = false, heading = "%nPolicy, instead of what [retention] says:%n", order = 1)
    private final Policy policy = new Policy();

    @ArgGroup(validate = false, heading = "%nConfiguration:%n", order = 2)
    private final ConfigurationOptions options = new ConfigurationOptions();

    @ArgGroup(validate = false, heading = "%nOutput:%n", order = 3)
    private final OutputOptions output = new OutputOptions();

    private static final class Policy {
        @Option(names = "--count", paramLabel = "N", order = 1, description = "The newest so many.")
        private String count;

        @Option(names = "--age", paramLabel = "TIME", order = 2, description = "Those of this time, such as 30d.")
        private String age;

        @Option(names = "--window", paramLabel = "TIME", order = 3, description = "Any moment within this time.")
        private String window;

        @Option(names = "--daily", paramLabel = "N", order = 4, description = "The last ones of so many days.")
        private String daily;

        @Option(names = "--weekly", paramLabel = "N", order = 5, description = "The last ones of so many weeks.")
        private String weekly;

        @Option(names = "--monthly", paramLabel = "N", order = 6, description = "The last ones of so many months.")
        private String monthly;

        @Option(names = "--yearly", paramLabel = "N", order = 7, description = "The last ones of so many years.")
        private String yearly;

        @Option(names = "--wal", paramLabel = "TIME", order = 8, description = "WAL without a gap for this time.")
        private String wal;

        List<Entry> flags() {
            List<Entry> flags = new ArrayList<>();
            add(flags, RetentionKeys.COUNT, count, "--count");
            add(flags, RetentionKeys.AGE, age, "--age");
            add(flags, RetentionKeys.WINDOW, window, "--window");
            add(flags, RetentionKeys.DAILY, daily, "--daily");
            add(flags, RetentionKeys.WEEKLY, weekly, "--weekly");
            add(flags, RetentionKeys.MONTHLY, monthly, "--monthly");
            add(flags, RetentionKeys.YEARLY, yearly, "--yearly");
            add(flags, RetentionKeys.WAL, wal, "--wal");
            return flags;
        }

        private static void add(List<Entry> flags, ConfigKey<?> key, String text, String flag) {
            if (text != null) {
                flags.add(Entry.flag(key, text, flag));
            }
        }
    }

    public ExpireCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    ExitCode run() {
        Configuration configuration = options.load(environment, policy.flags());
        RetentionPolicy wanted = configuration.retention().policy();
        Duration patience = patience();
        try (Wiring wiring = ConfigurationOptions.wiring(configuration, environment)) {
            Repository repository = wiring.repository();
            ExpireTask task = new ExpireTask(
                    repository, wanted, wiring.staleFiles(), output.progress(environment), environment.clock());
            JsonObject json = new JsonObject()
                    .put("cluster", configuration.clusterName())
                    .put("repository", repository.store().location())
                    .put("dry_run", dryRun);
            if (dryRun) {
                ExpirePlan plan = task.plan();
                if (output.json()) {
                    json.put("plan", ExpireJson.of(plan)).put("result", null).print(environment.out());
                } else {
                    print(plan);
                }
            } else {
                ExpireReport report = task.run(patience);
                tell(report);
                if (output.json()) {
                    json.put("plan", ExpireJson.of(report.plan()))
                            .put("result", ExpireJson.result(report))
                            .print(environment.out());
                } else {
                    print(report);
                }
                IndexAside.extend(repository.current())
                        .ifPresent(new ErrorText(environment.err(), environment.coloursErr())::warning);
            }
        }
        return ExitCode.OK;
    }

    private Duration patience() {
        try {
            return wait == null ? Duration.ZERO : TimeSpan.parse(wait);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--wait: " + e.getMessage(), e);
        }
    }

    private void print(ExpirePlan plan) {
        environment
                .out()
                .print(ExpirePage.text(
                        plan,
                        environment.clock().getZone(),
                        environment.coloursOut() ? ExpirePage.Titles.EMPHASIZED : ExpirePage.Titles.PLAIN));
        environment.out().flush();
    }

    private void print(ExpireReport report) {
        if (!output.quiet()) {
            print(report.plan());
            environment.out().println();
        }
        environment
                .out()
                .println("deleted " + Human.count(report.deletedBackups().size(), "backup", "backups") + " and "
                        + Human.count(report.walFiles(), "WAL file", "WAL files") + ", "
                        + Human.size(report.freedBytes()) + " in all");
        if (report.outcome().versionsKept() > 0) {
            environment
                    .out()
                    .println("the bucket keeps older versions: "
                            + Human.count(
                                    report.outcome().versionsKept(), "deleted object takes", "deleted objects take")
                            + " up space until a lifecycle rule of the bucket ends it");
        }
    }

    /** What did not go as planned. */
    private void tell(ExpireReport report) {
        ErrorText err = new ErrorText(environment.err(), environment.coloursErr());
        ZoneId zone = environment.clock().getZone();
        report.spared()
                .forEach(spared -> err.warning("backup " + spared.id() + " stays for now: " + spared.reason()
                        + spared.lockedUntil()
                                .map(end -> " until " + Human.time(end, zone))
                                .orElse("")));
        RefusedText refused = new RefusedText(report.outcome().refused(), zone);
        refused.warnings().forEach(err::warning);
        refused.hint().ifPresent(err::hint);
    }
}
