package org.pgpitr.cli.command;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.pgpitr.cli.option.ConfigurationOptions;
import org.pgpitr.cli.option.OutputOptions;
import org.pgpitr.cli.output.ErrorText;
import org.pgpitr.cli.output.LabelledPage;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.cli.window.ShownWindow;
import org.pgpitr.cli.window.WindowCheck;
import org.pgpitr.cli.window.WindowJson;
import org.pgpitr.cli.window.WindowPage;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.plan.FoundDamage;
import org.pgpitr.repository.window.WindowAnswer;
import org.pgpitr.repository.window.WindowReader;
import org.pgpitr.repository.window.WindowReader.Depth;
import org.pgpitr.service.Progress;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.config.TimeSpan;
import org.pgpitr.service.verify.VerifyOptions;
import org.pgpitr.service.verify.VerifyTask;
import org.pgpitr.service.wiring.Wiring;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Tells what can be recovered. */
@Command(
        name = "window",
        header = "Tell which moments can be recovered, and why others can't. Changes nothing.",
        description = {
            "For each timeline the intervals that can be recovered, from the end of a backup to the last commit that is"
                    + " archived or streamed, with the backups that serve them and the restore points in them; and each"
                    + " gap, with what is missing and what would mend it.",
            "",
            "With --check one line for monitoring: exits with 23 if the newest timeline can't be recovered up to the end"
                    + " of the archive, or not as late or as far back as is wanted.",
            "",
            "Needs the repository and the cluster's name only: no server, no data directory."
        },
        footer = {
            "  pgpitr window",
            "  pgpitr window --json -r s3://bucket/prefix --cluster main",
            "  pgpitr window --check --max-lag 5min --min-depth 7d",
            "  pgpitr window --full                        what is left of it if all content is read"
        })
public final class WindowCommand extends PgpitrCommand {
    private final Environment environment;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--generation",
            paramLabel = "N",
            description = "Of the cluster, counted from 1; the newest without it. A major upgrade begins a new one.")
    private Integer generation;

    @Option(
            names = "--full",
            description = "Read everything first, as `pgpitr verify --full` does, and count what is damaged as missing."
                    + " Without it names and summaries are read.")
    private boolean full;

    @ArgGroup(validate = false, heading = "%nFor monitoring:%n", order = 1)
    private final CheckOptions check = new CheckOptions();

    @ArgGroup(validate = false, heading = "%nConfiguration:%n", order = 2)
    private final ConfigurationOptions options = new ConfigurationOptions();

    @ArgGroup(validate = false, heading = "%nOutput:%n", order = 3)
    private final OutputOptions output = new OutputOptions();

    private static final class CheckOptions {
        @Option(names = "--check", order = 1, description = "Print one line, and exit with 23 if it is no good news.")
        private boolean wanted;

        @Option(
                names = "--max-lag",
                paramLabel = "TIME",
                order = 2,
                description = "The last moment that can be recovered may be so long ago, such as 5min.")
        private String maxLag;

        @Option(
                names = "--min-depth",
                paramLabel = "TIME",
                order = 3,
                description = "Any moment since so long ago must be recoverable, such as 7d.")
        private String minDepth;
    }

    public WindowCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    ExitCode run() {
        WindowCheck wanted = new WindowCheck(span("--max-lag", check.maxLag), span("--min-depth", check.minDepth));
        if (!check.wanted && (check.maxLag != null || check.minDepth != null)) {
            throw new ParameterException(
                    spec.commandLine(), (check.maxLag != null ? "--max-lag" : "--min-depth") + " goes with --check");
        }
        Configuration configuration = options.load(environment, List.of());
        try (Wiring wiring = ConfigurationOptions.wiring(configuration, environment)) {
            Generation shown = generation == null
                    ? wiring.repository().current()
                    : wiring.repository().generation(generation);
            FoundDamage damage = full ? damage(wiring, shown, configuration) : FoundDamage.NONE;
            ShownWindow window =
                    new ShownWindow(shown, read(shown, damage, check.wanted ? Depth.LAST_MOMENT : Depth.CONTENTS));
            return check.wanted ? check(window, wanted) : print(window);
        }
    }

    private Optional<Duration> span(String option, String text) {
        try {
            return Optional.ofNullable(text).map(TimeSpan::parse);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), option + ": " + e.getMessage(), e);
        }
    }

    private FoundDamage damage(Wiring wiring, Generation shown, Configuration configuration) {
        VerifyOptions everything = new VerifyOptions(
                new org.pgpitr.service.verify.Depth.Full(),
                OptionalInt.of(shown.number()),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                configuration.verify().workers(),
                Optional.empty());
        return new VerifyTask(
                        wiring.repositoryToVerify(), everything, output.progress(environment), environment.clock())
                .run()
                .damage(shown.number());
    }

    private WindowAnswer read(Generation shown, FoundDamage damage, Depth depth) {
        Progress progress = output.progress(environment);
        long size = shown.identity().segmentSize().bytes();
        progress.begin("reading what the WAL tells", 0);
        try {
            return new WindowReader(shown, environment.clock(), damage, segments -> progress.advance(segments * size))
                    .read(depth);
        } finally {
            progress.end();
        }
    }

    private ExitCode check(ShownWindow window, WindowCheck wanted) {
        if (window.answer() instanceof WindowAnswer.WithoutKey without) {
            throw without.reason();
        }
        WindowCheck.Verdict verdict = wanted.judge(
                (WindowAnswer.Known) window.answer(), environment.clock().getZone());
        if (output.json()) {
            WindowJson.of(verdict, window.generation()).print(environment.out());
        } else {
            environment.out().println((verdict.isOk() ? "ok: " : "FAILED: ") + verdict.line());
        }
        return verdict.isOk() ? ExitCode.OK : ExitCode.CHECK_FAILED;
    }

    private ExitCode print(ShownWindow window) {
        ZoneId zone = environment.clock().getZone();
        if (window.answer() instanceof WindowAnswer.WithoutKey without) {
            ErrorText err = new ErrorText(environment.err(), environment.coloursErr());
            PgpitrException reason = without.reason();
            err.warning("only names can be read: " + reason.getMessage());
            reason.hint().ifPresent(err::hint);
        }
        if (output.json()) {
            WindowJson.of(window).print(environment.out());
        } else {
            int width = environment.terminal().width();
            LabelledPage page = new LabelledPage(width, environment.coloursOut());
            new WindowPage(window, zone, width, environment.coloursOut()).print(page);
            environment.out().print(page);
            environment.out().flush();
        }
        return ExitCode.OK;
    }
}
