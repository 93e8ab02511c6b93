package org.pgpitr.cli.command;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.pgpitr.cli.option.ConfigurationOptions;
import org.pgpitr.cli.option.OutputOptions;
import org.pgpitr.cli.output.ErrorText;
import org.pgpitr.cli.output.Human;
import org.pgpitr.cli.output.VerifyJson;
import org.pgpitr.cli.output.VerifyPage;
import org.pgpitr.cli.recovery.TargetTime;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.error.ExitCode;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.service.config.ConfigKey;
import org.pgpitr.service.config.ConfigKeys;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.config.Entry;
import org.pgpitr.service.config.RetentionSettings;
import org.pgpitr.service.verify.Depth;
import org.pgpitr.service.verify.VerifyOptions;
import org.pgpitr.service.verify.VerifyReport;
import org.pgpitr.service.verify.VerifyTask;
import org.pgpitr.service.wiring.Wiring;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Verifies the repository. */
@Command(
        name = "verify",
        header = "Verify that everything a recovery needs is in the repository, and sound.",
        description = {
            "Looks for holes in the WAL behind each backup, for missing objects and histories; and reads content: every"
                    + " digest, every file of every backup, every page checksum, every WAL record. Exits with 20 if"
                    + " anything is damaged, else with 21 if there is a hole, else with 12 if something is encrypted and"
                    + " there is no key.",
            "",
            "Needs the repository and the cluster's name only: no server. An interrupted run is continued by the next"
                    + " one with the same options. docs/verify.md has a quarterly drill."
        },
        footer = {
            "  pgpitr verify --quick                       daily: names and manifests",
            "  pgpitr verify --sample 5%%                   daily: that, and the next twentieth of all content",
            "  pgpitr verify --full --max-rate 50MB/s      everything, gently",
            "  pgpitr verify --backup 20261121T004500Z     one backup, with the WAL behind it"
        })
public final class VerifyCommand extends PgpitrCommand {
    private final Environment environment;

    @Spec
    private CommandSpec spec;

    /** One of them. */
    private static final class DepthOptions {
        @Option(names = "--quick", description = "Names, sizes, manifests and holes; no content.")
        private boolean quick;

        @Option(
                names = "--sample",
                paramLabel = "N%",
                description = "That, and the content of a part: of 5%%, so many that 20 runs see everything.")
        private String sample;

        @Option(names = "--full", description = "That, and all content. The default.")
        private boolean full;
    }

    @ArgGroup(exclusive = true)
    private DepthOptions depth = new DepthOptions();

    @Option(names = "--backup", paramLabel = "ID", description = "Only this backup, and the WAL behind it.")
    private String backup;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description =
                    "Only backups that ended, and WAL that was archived, then or later: '2026-11-20 14:05:00+01'.")
    private String since;

    @Option(
            names = "--generation",
            paramLabel = "N",
            description = "Only this generation of the cluster, counted from 1. Without it, all of them.")
    private Integer generation;

    @Option(
            names = {"-w", "--workers"},
            paramLabel = "N",
            description = "Verify so many lanes and stretches of WAL at the same time.")
    private String workers;

    @Option(
            names = "--max-rate",
            paramLabel = "SIZE",
            description = "Read at most so much a second from the repository, such as 50MB/s.")
    private String maxRate;

    @Option(
            names = "--state-folder",
            paramLabel = "DIR",
            description = "Where it is noted what is done, for a run that is interrupted.")
    private String stateFolder;

    @ArgGroup(validate = false, heading = "%nConfiguration:%n", order = 1)
    private final ConfigurationOptions options = new ConfigurationOptions();

    @ArgGroup(validate = false, heading = "%nOutput:%n", order = 2)
    private final OutputOptions output = new OutputOptions();

    public VerifyCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    ExitCode run() {
        Depth wanted = depth();
        Optional<BackupId> one = backup();
        Optional<Instant> from = since();
        Configuration configuration = options.load(environment, flags());
        try (Wiring wiring = ConfigurationOptions.wiring(configuration, environment)) {
            VerifyOptions verify = new VerifyOptions(
                    wanted,
                    generation == null ? OptionalInt.empty() : OptionalInt.of(generation),
                    one,
                    from,
                    walKept(configuration.retention()),
                    configuration.verify().workers(),
                    configuration.verify().stateFolder().or(this::standardFolder));
            VerifyReport report = new VerifyTask(
                            wiring.repositoryToVerify(), verify, output.progress(environment), environment.clock())
                    .run();
            if (output.json()) {
                VerifyJson.of(configuration, report).print(environment.out());
            } else {
                environment.out().print(new VerifyPage(report, environment.coloursOut()));
                environment.out().flush();
            }
            return report.exitCode();
        }
    }

    /** Where WAL is kept by its age: behind which age there may be gaps between backups. */
    private static Optional<Duration> walKept(RetentionSettings retention) {
        return retention
                .wal()
                .map(age -> retention
                        .window()
                        .filter(window -> window.compareTo(age) > 0)
                        .orElse(age));
    }

    private Depth depth() {
        if (depth.quick) {
            return new Depth.Quick();
        }
        if (depth.sample == null) {
            return new Depth.Full();
        }
        if (!depth.sample.matches("0*([1-9]|[1-4][0-9]|50)%?")) {
            throw misused("--sample takes 1% to 50%, not \"" + depth.sample + "\"", null);
        }
        return Depth.sample(Integer.parseInt(depth.sample.replace("%", "")));
    }

    private Optional<BackupId> backup() {
        try {
            return Optional.ofNullable(backup).map(BackupId::parse);
        } catch (InvalidFormatException e) {
            throw misused(e.getMessage(), e);
        }
    }

    private Optional<Instant> since() {
        if (since == null) {
            return Optional.empty();
        }
        ZoneId local = environment.clock().getZone();
        try {
            TargetTime time = TargetTime.parse(since, local);
            if (time.naming() == TargetTime.Naming.ASSUMED) {
                new ErrorText(environment.err(), environment.coloursErr())
                        .warning("--since names no zone; it is understood as " + Human.exactTime(time.time(), local)
                                + " (" + local + ")");
            }
            return Optional.of(time.time());
        } catch (IllegalArgumentException e) {
            throw misused(e.getMessage(), e);
        }
    }

    private ParameterException misused(String message, Exception cause) {
        return new ParameterException(spec.commandLine(), message, cause);
    }

    private List<Entry> flags() {
        List<Entry> flags = new ArrayList<>();
        add(flags, ConfigKeys.VERIFY_WORKERS, workers, "--workers");
        add(flags, ConfigKeys.VERIFY_MAX_RATE, maxRate, "--max-rate");
        add(
                flags,
                ConfigKeys.VERIFY_STATE_FOLDER,
                stateFolder == null
                        ? null
                        : Path.of(stateFolder).toAbsolutePath().toString(),
                "--state-folder");
        return flags;
    }

    private static void add(List<Entry> flags, ConfigKey<?> key, String text, String flag) {
        if (text != null) {
            flags.add(Entry.flag(key, text, flag));
        }
    }

    /** As the XDG Base Directory Specification has it; empty where nobody has a home. */
    private Optional<Path> standardFolder() {
        return folder("XDG_STATE_HOME", "").or(() -> folder("HOME", ".local/state"));
    }

    private Optional<Path> folder(String variable, String below) {
        return Optional.ofNullable(environment.variables().get(variable))
                .filter(text -> text.startsWith("/"))
                .map(text -> Path.of(text).resolve(below).resolve("pgpitr").normalize());
    }
}
