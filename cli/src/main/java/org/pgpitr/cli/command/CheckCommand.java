package org.pgpitr.cli.command;

import java.util.List;
import java.util.Locale;
import org.pgpitr.cli.option.ConfigurationOptions;
import org.pgpitr.cli.option.OutputOptions;
import org.pgpitr.cli.output.JsonObject;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.cluster.Server;
import org.pgpitr.error.ExitCode;
import org.pgpitr.service.check.CheckListener;
import org.pgpitr.service.check.CheckReport;
import org.pgpitr.service.check.CheckSubject;
import org.pgpitr.service.check.CheckTask;
import org.pgpitr.service.check.Finding;
import org.pgpitr.service.config.ConfigKeys;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.config.Entry;
import org.pgpitr.service.wiring.Wiring;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;

/** Whether this cluster can be recovered. */
@Command(
        name = "check",
        header = "Tell whether this cluster can be recovered: one line a finding.",
        description = {
            "Looks at the server's settings, at the repository, and at the way from one to the other: it makes a restore"
                    + " point, switches to the next WAL segment, and waits until it has arrived. Exits with 23 if anything"
                    + " stands in the way of a recovery. Worth running every day."
        },
        footer = {"  pgpitr check", "  pgpitr check --archive-timeout 30s --json"})
public final class CheckCommand extends PgpitrCommand {
    private final Environment environment;

    @Option(
            names = "--archive-timeout",
            paramLabel = "TIME",
            description = "How long a segment may take to arrive, such as 30s or 5min.")
    private String archiveTimeout;

    @ArgGroup(validate = false, heading = "%nConfiguration:%n", order = 1)
    private final ConfigurationOptions options = new ConfigurationOptions();

    @ArgGroup(validate = false, heading = "%nOutput:%n", order = 2)
    private final OutputOptions output = new OutputOptions();

    public CheckCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    ExitCode run() {
        List<Entry> flags = archiveTimeout == null
                ? List.of()
                : List.of(Entry.flag(ConfigKeys.ARCHIVE_TIMEOUT, archiveTimeout, "--archive-timeout"));
        Configuration configuration = options.load(environment, flags);
        try (Wiring wiring = ConfigurationOptions.wiring(configuration, environment)) {
            CheckSubject subject = new CheckSubject(
                    () -> Server.connect(wiring.connection()),
                    wiring::repository,
                    configuration.cluster().dataDirectory(),
                    wiring.conditionalWrites(),
                    configuration.backup().archiveTimeout(),
                    configuration.stream().slotInUse());
            configuration.clusterName();
            noteOthers(configuration);
            CheckReport report = new CheckTask(subject, new Listener(), environment.clock()).run();
            if (output.json()) {
                json(configuration, report).print(environment.out());
            } else {
                summary(report);
            }
            return report.exitCode();
        }
    }

    private void noteOthers(Configuration configuration) {
        configuration.allRepositories().stream()
                .skip(1)
                .forEach(other -> output.progress(environment)
                        .say("only repository " + configuration.repository().name() + " is looked at; for "
                                + other.name() + " add --repository " + other.name()));
    }

    private void summary(CheckReport report) {
        long failed = report.findings().stream()
                .filter(finding -> finding.verdict() == Finding.Verdict.FAILED)
                .count();
        environment
                .out()
                .println(
                        failed == 0
                                ? "this cluster can be recovered"
                                : failed + (failed == 1 ? " finding stands" : " findings stand")
                                        + " in the way of a recovery");
    }

    private static JsonObject json(Configuration configuration, CheckReport report) {
        return new JsonObject()
                .put("cluster", configuration.clusterName())
                .put("repository", configuration.repository().url())
                .put("ok", report.exitCode() == ExitCode.OK)
                .put(
                        "findings",
                        report.findings().stream()
                                .map(finding -> new JsonObject()
                                        .put("topic", finding.topic().id())
                                        .put("verdict", finding.verdict().name().toLowerCase(Locale.ROOT))
                                        .put("title", finding.topic().title())
                                        .put("detail", finding.detail())
                                        .put("hint", finding.hint()))
                                .toList());
    }

    private final class Listener implements CheckListener {
        @Override
        public void found(Finding finding) {
            if (output.json()) {
                return;
            }
            Ansi ansi = environment.coloursOut() ? Ansi.ON : Ansi.OFF;
            String verdict = switch (finding.verdict()) {
                case OK -> "@|green ok    |@";
                case FAILED -> "@|bold,red FAILED|@";
                case NOTE -> "@|yellow note  |@";
            };
            environment
                    .out()
                    .println(ansi.string(verdict) + "  " + finding.topic().title() + ": " + finding.detail());
            finding.hint()
                    .ifPresent(hint -> environment.out().println("        " + ansi.string("@|bold hint:|@ ") + hint));
            environment.out().flush();
        }

        @Override
        public void waiting(String forWhat) {
            output.progress(environment).say("waiting for " + forWhat);
        }
    }
}
