package org.pgpitr.cli.command;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.pgpitr.cli.find.Found;
import org.pgpitr.cli.find.FoundJson;
import org.pgpitr.cli.find.FoundPage;
import org.pgpitr.cli.find.ProgressOfSearch;
import org.pgpitr.cli.option.ConfigurationOptions;
import org.pgpitr.cli.option.OutputOptions;
import org.pgpitr.cli.option.SearchFilterOptions;
import org.pgpitr.cli.option.SearchRangeOptions;
import org.pgpitr.cli.output.LabelledPage;
import org.pgpitr.cli.recovery.Planning;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.error.ExitCode;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.find.IncidentSearch;
import org.pgpitr.repository.find.SearchFilter;
import org.pgpitr.repository.find.SearchRange;
import org.pgpitr.repository.find.SearchRequest;
import org.pgpitr.repository.find.SearchResult;
import org.pgpitr.repository.index.ArchiveListing;
import org.pgpitr.repository.plan.RecoveryFactsReader;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.wiring.Wiring;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Finds the incident, and the target just before it. */
@Command(
        name = "find",
        header = "Find what happened, and the target just before it. Changes nothing.",
        description = {
            "Reads the archived WAL of a stretch of time and lists its commits, the worst first: databases and tables"
                    + " dropped, tables truncated, then those that deleted and updated most rows. Each comes with the"
                    + " options that `pgpitr plan` and `pgpitr restore` take to recover to just before and just after it.",
            "",
            "Needs the repository and the cluster's name only: no server, no data directory."
        },
        footer = {
            "  pgpitr find --around '2026-11-20 14:05+01'",
            "  pgpitr find --around '2026-11-20 14:05+01' --within 2h --drops",
            "  pgpitr find --from '2026-11-20 13:00+01' --table public.orders --deletes-over 1000",
            "  pgpitr find --from-lsn 0/5000000 --to-lsn 0/7000000 --xid 7351",
            "  pgpitr find --from '2026-11-01 00:00Z' --restore-points -r s3://bucket/prefix --cluster main"
        })
public final class FindCommand extends PgpitrCommand {
    private final Environment environment;

    @Spec
    private CommandSpec spec;

    @ArgGroup(validate = false, heading = "%nWhere:%n", order = 1)
    private final SearchRangeOptions range = new SearchRangeOptions();

    @ArgGroup(validate = false, heading = "%nWhat:%n", order = 2)
    private final SearchFilterOptions filter = new SearchFilterOptions();

    @ArgGroup(validate = false, heading = "%nHistory:%n", order = 3)
    private final History history = new History();

    @ArgGroup(validate = false, heading = "%nConfiguration:%n", order = 4)
    private final ConfigurationOptions options = new ConfigurationOptions();

    @ArgGroup(validate = false, heading = "%nOutput:%n", order = 5)
    private final OutputOptions output = new OutputOptions();

    private static final class History {
        @Option(
                names = "--timeline",
                paramLabel = "N",
                order = 1,
                description = "Along this timeline; the newest one without it.")
        private Long timeline;

        @Option(
                names = "--generation",
                paramLabel = "N",
                order = 2,
                description =
                        "Of the cluster, counted from 1; the newest without it. A major upgrade begins a new one.")
        private Integer generation;

        Optional<TimelineId> timeline(CommandLine command) {
            if (timeline != null && (timeline < 1 || timeline > 0xFFFF_FFFFL)) {
                throw new ParameterException(command, "not a timeline: " + timeline);
            }
            return Optional.ofNullable(timeline).map(TimelineId::new);
        }
    }

    public FindCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    ExitCode run() {
        ZoneId zone = environment.clock().getZone();
        SearchRange wanted =
                range.range(spec.commandLine(), zone, environment.clock().instant());
        SearchFilter what = filter.filter(spec.commandLine());
        SearchRequest request =
                new SearchRequest(wanted, what, filter.limit(spec.commandLine()), history.timeline(spec.commandLine()));
        range.tellAssumedZone(environment);
        Configuration configuration = options.load(environment, List.of());
        try (Wiring wiring = ConfigurationOptions.wiring(configuration, environment)) {
            Found found = search(wiring.repository(), request);
            if (output.json()) {
                FoundJson.of(found).print(environment.out());
            } else {
                LabelledPage page = new LabelledPage(environment.terminal().width(), environment.coloursOut());
                new FoundPage(found, zone, where()).print(page);
                environment.out().print(page);
            }
        }
        return ExitCode.OK;
    }

    private Found search(Repository repository, SearchRequest request) {
        OptionalInt number = history.generation == null ? OptionalInt.empty() : OptionalInt.of(history.generation);
        Generation generation = new Planning(repository, environment.clock()).generation(number, Optional.empty());
        generation.codec().requireReadable();
        ArchiveListing listing = ArchiveListing.begin(generation);
        try (ProgressOfSearch progress = new ProgressOfSearch(
                output.progress(environment), generation.identity().segmentSize())) {
            SearchResult result = new IncidentSearch(
                            generation,
                            RecoveryFactsReader.readWhateverBackups(generation, environment.clock(), listing),
                            listing.rolledUp(),
                            progress)
                    .run(request);
            boolean newest = number.isEmpty() || repository.current().number() == generation.number();
            return new Found(
                    generation, newest ? Optional.empty() : Optional.of(generation.number()), request.range(), result);
        }
    }

    /** The options that name what was searched, for the next command. */
    private List<String> where() {
        List<String> words = new ArrayList<>();
        options.config().ifPresent(file -> words.addAll(List.of("--config", file.toString())));
        options.repository().ifPresent(name -> words.addAll(List.of("--repository", name)));
        options.cluster().ifPresent(name -> words.addAll(List.of("--cluster", name)));
        return words;
    }
}
