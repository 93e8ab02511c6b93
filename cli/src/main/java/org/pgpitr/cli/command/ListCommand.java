package org.pgpitr.cli.command;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.cli.option.ConfigurationOptions;
import org.pgpitr.cli.option.OutputOptions;
import org.pgpitr.cli.output.BackupJson;
import org.pgpitr.cli.output.Columns;
import org.pgpitr.cli.output.ErrorText;
import org.pgpitr.cli.output.Human;
import org.pgpitr.cli.output.JsonObject;
import org.pgpitr.cli.output.PinJson;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.backup.BackupCatalog;
import org.pgpitr.repository.backup.BackupCatalog.Listing;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.retention.Pin;
import org.pgpitr.repository.retention.Pins;
import org.pgpitr.repository.stream.StreamArchive;
import org.pgpitr.repository.stream.StreamEnd;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.wiring.Wiring;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;

/** Shows the backups. */
@Command(
        name = "list",
        header = "List the backups, and where the stream ends.",
        description = "Needs the repository and the cluster's name only: no server, no data directory.",
        footer = {"  pgpitr list", "  pgpitr list --json", "  pgpitr list -r s3://bucket/prefix --cluster main"})
public final class ListCommand extends PgpitrCommand {
    private final Environment environment;

    @ArgGroup(validate = false, heading = "%nConfiguration:%n", order = 1)
    private final ConfigurationOptions options = new ConfigurationOptions();

    @ArgGroup(validate = false, heading = "%nOutput:%n", order = 2)
    private final OutputOptions output = new OutputOptions();

    public ListCommand(Environment environment) {
        this.environment = environment;
    }

    private record Listed(
            ClusterIdentity identity, Listing listing, Map<BackupId, Pin> pins, Optional<StreamEnd> stream) {}

    @Override
    ExitCode run() {
        Configuration configuration = options.load(environment, List.of());
        try (Wiring wiring = ConfigurationOptions.wiring(configuration, environment)) {
            Repository repository = wiring.repository();
            int newest = repository.current().number();
            List<Listed> all = new ArrayList<>();
            for (ClusterIdentity identity : repository.generations()) {
                Generation generation = repository.generation(identity.generation());
                all.add(new Listed(
                        identity,
                        new BackupCatalog(generation).list(),
                        new Pins(generation).list(),
                        new StreamArchive(generation).end()));
            }
            if (output.json()) {
                json(configuration, repository, all).print(environment.out());
            } else {
                print(repository, all, newest);
            }
        }
        return ExitCode.OK;
    }

    private void print(Repository repository, List<Listed> all, int newest) {
        boolean any = false;
        for (Listed listed : all) {
            if (all.size() > 1) {
                ClusterIdentity identity = listed.identity();
                environment
                        .out()
                        .println((any ? "\n" : "") + "Generation " + identity.generation() + ": PostgreSQL "
                                + identity.major() + ", system identifier " + identity.systemIdentifier()
                                + (identity.generation() == newest
                                        ? ""
                                        : " (restore from it with --generation " + identity.generation() + ")"));
            }
            any = true;
            print(repository, listed.listing(), listed.pins());
            listed.stream().ifPresent(this::print);
        }
    }

    private void print(Repository repository, Listing listing, Map<BackupId, Pin> pins) {
        if (listing.backups().isEmpty()) {
            environment
                    .out()
                    .println("no backup of cluster \"" + repository.name() + "\" in "
                            + repository.store().location()
                            + (listing.unreadable().isEmpty() ? "" : " can be read here"));
        } else {
            environment.out().print(table(listing.backups(), pins));
        }
        ErrorText err = new ErrorText(environment.err(), environment.coloursErr());
        listing.unreadable().forEach(backup -> {
            PgpitrException reason = backup.reason();
            err.warning("backup " + backup.id() + " can't be read: " + reason.getMessage());
            reason.hint().ifPresent(err::hint);
        });
    }

    private void print(StreamEnd end) {
        environment
                .out()
                .println("\nThe stream has brought WAL up to " + end.lsn() + " on timeline " + end.timeline()
                        + ", stored "
                        + Human.time(end.stored(), environment.clock().getZone()));
    }

    private Columns table(List<BackupSummary> backups, Map<BackupId, Pin> pins) {
        boolean labels = backups.stream().anyMatch(backup -> !label(backup).isEmpty());
        List<String> titles = new ArrayList<>(
                List.of("ID", "ENDED", ">TOOK", ">SIZE", ">STORED", "WAL", ">TL", "VERSION", ">DAMAGED"));
        if (labels) {
            titles.add("LABEL");
        }
        boolean pinned = backups.stream().anyMatch(backup -> pins.containsKey(backup.id()));
        if (pinned) {
            titles.add("PINNED");
        }
        Columns table = new Columns(environment.coloursOut(), titles.toArray(String[]::new));
        for (BackupSummary backup : backups) {
            List<String> cells = new ArrayList<>(List.of(
                    backup.id().toString(),
                    Human.time(backup.stopped(), environment.clock().getZone()),
                    Human.duration(Duration.between(backup.started(), backup.stopped())),
                    Human.size(backup.originalBytes()),
                    Human.size(backup.storedBytes()),
                    backup.startLsn() + "-" + backup.stopLsn(),
                    backup.timeline().toString(),
                    Human.version(backup.serverVersion()),
                    backup.checksums() == BackupSummary.Checksums.OFF
                            ? "?"
                            : Integer.toString(backup.damagedPages().size())));
            if (labels) {
                cells.add(label(backup));
            }
            if (pinned) {
                cells.add(Optional.ofNullable(pins.get(backup.id()))
                        .map(this::pin)
                        .orElse(""));
            }
            table.row(cells.toArray(String[]::new));
        }
        return table;
    }

    private String pin(Pin pin) {
        String word = pin.holdsAt(environment.clock().instant()) ? "until " : "ended ";
        return pin.until()
                        .map(end -> word + Human.time(end, environment.clock().getZone()) + ": ")
                        .orElse("")
                + pin.reason();
    }

    /** The user's; the one that pgpitr makes of the identifier tells nothing more. */
    private static String label(BackupSummary backup) {
        return backup.label().equals("pgpitr " + backup.id()) ? "" : backup.label();
    }

    private static JsonObject json(StreamEnd end) {
        return new JsonObject()
                .put("timeline", end.timeline().value())
                .put("lsn", end.lsn())
                .put("stored", end.stored());
    }

    private static JsonObject json(Configuration configuration, Repository repository, List<Listed> all) {
        List<JsonObject> backups = new ArrayList<>();
        List<JsonObject> unreadable = new ArrayList<>();
        List<JsonObject> generations = new ArrayList<>();
        for (Listed listed : all) {
            int generation = listed.identity().generation();
            generations.add(new JsonObject()
                    .put("generation", generation)
                    .put("system_identifier", listed.identity().systemIdentifier())
                    .put("postgresql_major", listed.identity().major().value())
                    .put("encrypted", listed.identity().encryption() == ClusterIdentity.Encryption.AGE)
                    .put("created", listed.identity().created())
                    .put("stream", listed.stream().map(ListCommand::json)));
            listed.listing()
                    .backups()
                    .forEach(backup -> backups.add(BackupJson.of(backup, generation)
                            .put(
                                    "pin",
                                    Optional.ofNullable(listed.pins().get(backup.id()))
                                            .map(PinJson::of))));
            listed.listing()
                    .unreadable()
                    .forEach(backup -> unreadable.add(new JsonObject()
                            .put("id", backup.id())
                            .put("generation", generation)
                            .put("finished", backup.finished())
                            .put("code", backup.reason().exitCode().name())
                            .put("reason", backup.reason().getMessage())));
        }
        return new JsonObject()
                .put("cluster", configuration.clusterName())
                .put("repository", repository.store().location())
                .put("generations", generations)
                .put("backups", backups)
                .put("unreadable", unreadable);
    }
}
