package org.pgpitr.cli.command;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.pgpitr.cli.option.ConfigurationOptions;
import org.pgpitr.cli.option.OutputOptions;
import org.pgpitr.cli.output.BackupJson;
import org.pgpitr.cli.output.ErrorText;
import org.pgpitr.cli.output.Human;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.cluster.Server;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.service.backup.BackupOptions;
import org.pgpitr.service.backup.BackupTask;
import org.pgpitr.service.config.BackupSettings;
import org.pgpitr.service.config.ConfigKey;
import org.pgpitr.service.config.ConfigKeys;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.config.Entry;
import org.pgpitr.service.index.IndexAside;
import org.pgpitr.service.wiring.Wiring;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Takes a base backup. */
@Command(
        name = "backup",
        header = "Take a base backup of the running server.",
        description = {
            "Proves first that WAL archiving works, copies the data directory in parallel while the server goes on,"
                    + " verifies page checksums, and succeeds only when all WAL that the backup needs is in the repository."
                    + " Interrupted, it leaves the server as it was, and lists nothing. On a standby it works too.",
            "",
            "To be run on the server's host, as its user or as root."
        },
        footer = {
            "  pgpitr backup",
            "  pgpitr backup --workers 4 --label 'before the migration'",
            "  pgpitr backup --checkpoint spread --quiet --json      for cron"
        })
public final class BackupCommand extends PgpitrCommand {
    private static final int SHOWN_DAMAGE = 10;

    private final Environment environment;

    @Option(
            names = {"-w", "--workers"},
            paramLabel = "N",
            description = "Read, compress and send so many files at the same time.")
    private String workers;

    @Option(names = "--compression-level", paramLabel = "N", description = "Of zstd, 1 to 19.")
    private String compressionLevel;

    @Option(
            names = "--checkpoint",
            paramLabel = "fast|spread",
            description = "How the server makes the checkpoint that the backup begins with: at once, or gently.")
    private String checkpoint;

    @Option(
            names = "--on-damage",
            paramLabel = "fail|warn",
            description = "What a page with a wrong checksum does: fail the backup, or be recorded in it.")
    private String onDamage;

    @Option(
            names = "--archive-timeout",
            paramLabel = "TIME",
            description = "How long to wait for the server to archive a segment, such as 5min.")
    private String archiveTimeout;

    @Option(names = "--label", paramLabel = "TEXT", defaultValue = "", description = "A remark of yours.")
    private String label;

    @ArgGroup(validate = false, heading = "%nConfiguration:%n", order = 1)
    private final ConfigurationOptions options = new ConfigurationOptions();

    @ArgGroup(validate = false, heading = "%nOutput:%n", order = 2)
    private final OutputOptions output = new OutputOptions();

    public BackupCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    ExitCode run() {
        if (!BackupOptions.isLabel(label)) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "--label is not one line of up to " + BackupOptions.MAX_LABEL + " bytes",
                    "PostgreSQL takes no other; choose a shorter one, without line breaks");
        }
        Configuration configuration = options.load(environment, flags());
        try (Wiring wiring = ConfigurationOptions.wiring(configuration, environment);
                Server server = Server.connect(wiring.connection())) {
            Generation generation = wiring.repository().current();
            BackupSettings settings = configuration.backup();
            HeapForWorkers.requireForBackup(
                    settings.workers(),
                    generation.identity().encryption(),
                    Runtime.getRuntime().maxMemory());
            BackupOptions backup = new BackupOptions(
                    settings.workers(),
                    settings.checkpoint(),
                    settings.onDamage(),
                    settings.archiveTimeout(),
                    label,
                    configuration.cluster().dataDirectory(),
                    configuration.stream().slotInUse());
            BackupSummary summary =
                    new BackupTask(server, generation, backup, output.progress(environment), environment.clock()).run();
            print(summary, generation);
            IndexAside.extend(generation)
                    .ifPresent(new ErrorText(environment.err(), environment.coloursErr())::warning);
        }
        return ExitCode.OK;
    }

    private List<Entry> flags() {
        List<Entry> flags = new ArrayList<>();
        add(flags, ConfigKeys.BACKUP_WORKERS, workers, "--workers");
        add(flags, ConfigKeys.COMPRESSION_LEVEL, compressionLevel, "--compression-level");
        add(flags, ConfigKeys.CHECKPOINT, checkpoint, "--checkpoint");
        add(flags, ConfigKeys.ON_DAMAGE, onDamage, "--on-damage");
        add(flags, ConfigKeys.ARCHIVE_TIMEOUT, archiveTimeout, "--archive-timeout");
        return flags;
    }

    private static void add(List<Entry> flags, ConfigKey<?> key, String text, String flag) {
        if (text != null) {
            flags.add(Entry.flag(key, text, flag));
        }
    }

    private void print(BackupSummary summary, Generation generation) {
        ErrorText err = new ErrorText(environment.err(), environment.coloursErr());
        summary.damagedPages().stream()
                .limit(SHOWN_DAMAGE)
                .forEach(page -> err.warning("page " + page.block() + " of " + page.path() + " is damaged"));
        if (summary.damagedPages().size() > SHOWN_DAMAGE) {
            err.warning(
                    "and " + (summary.damagedPages().size() - SHOWN_DAMAGE) + " more; `pgpitr list --json` has all");
        }
        if (output.json()) {
            BackupJson.of(summary, generation.number()).print(environment.out());
            return;
        }
        environment
                .out()
                .println("backup " + summary.id() + ": "
                        + Human.count(summary.files(), "file", "files") + ", "
                        + Human.size(summary.originalBytes()) + " in "
                        + Human.duration(Duration.between(summary.started(), summary.stopped())) + ", "
                        + Human.size(summary.storedBytes()) + " stored; WAL " + summary.startLsn() + " to "
                        + summary.stopLsn() + " on timeline " + summary.timeline());
    }
}
