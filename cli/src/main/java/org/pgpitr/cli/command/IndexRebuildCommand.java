package org.pgpitr.cli.command;

import java.util.List;
import java.util.stream.Collectors;
import org.pgpitr.cli.option.ConfigurationOptions;
import org.pgpitr.cli.option.OutputOptions;
import org.pgpitr.cli.output.ErrorText;
import org.pgpitr.cli.output.JsonObject;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.index.ArchiveListing;
import org.pgpitr.repository.index.IndexBuilder;
import org.pgpitr.service.Progress;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.wiring.Wiring;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes the WAL index from the archived WAL. */
@Command(
        name = "rebuild",
        header = "Make what is missing of the WAL index from the archived segments.",
        description = {
            "Rolls the summaries of each 256 and each 65,536 segments up into one object, so that years of WAL are quick"
                    + " to look through. What is there and sound stays. Segments without a summary are read. Exits with"
                    + " 20 if a segment's WAL is broken.",
            "",
            "Needs the repository and the cluster's name only. Of an encrypted repository it needs both the identity,"
                    + " to read, and the recipients, to write."
        },
        footer = {"  pgpitr index rebuild", "  pgpitr index rebuild -r s3://bucket/prefix --cluster main --json"})
public final class IndexRebuildCommand extends PgpitrCommand {
    private static final int READ_AHEAD = 16;

    private final Environment environment;

    @Option(
            names = "--generation",
            paramLabel = "N",
            description = "Of this generation of the cluster, counted from 1, instead of the newest.")
    private Integer number;

    @ArgGroup(validate = false, heading = "%nConfiguration:%n", order = 1)
    private final ConfigurationOptions options = new ConfigurationOptions();

    @ArgGroup(validate = false, heading = "%nOutput:%n", order = 2)
    private final OutputOptions output = new OutputOptions();

    public IndexRebuildCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    ExitCode run() {
        Configuration configuration = options.load(environment, List.of());
        try (Wiring wiring = ConfigurationOptions.wiring(configuration, environment)) {
            Generation generation = number == null
                    ? wiring.repository().current()
                    : wiring.repository().generation(number);
            if (!generation.identity().major().isKnown()) {
                throw new PgpitrException(
                        ExitCode.USAGE,
                        "the WAL of PostgreSQL " + generation.identity().major() + " can't be read by this version",
                        "it is archived and recovered all the same; a newer pgpitr can make the index");
            }
            IndexBuilder.Result result = build(generation);
            if (output.json()) {
                json(result).print(environment.out());
            } else {
                print(result);
            }
            return result.broken().isEmpty() ? ExitCode.OK : ExitCode.CORRUPT;
        }
    }

    private IndexBuilder.Result build(Generation generation) {
        ArchivedWal wal = ArchiveListing.scan(generation);
        Progress progress = output.progress(environment);
        long size = generation.identity().segmentSize().bytes();
        progress.begin("reading what the WAL tells", IndexBuilder.segmentsToRead(wal) * size);
        try {
            return new IndexBuilder(generation, wal, READ_AHEAD).build(n -> progress.advance(n * size));
        } finally {
            progress.end();
        }
    }

    private void print(IndexBuilder.Result result) {
        environment
                .out()
                .println(result.segments() + " segments: " + result.made() + " roll-ups made, " + result.kept()
                        + " were there");
        ErrorText err = new ErrorText(environment.err(), environment.coloursErr());
        result.broken().forEach(b -> err.warning(b.segment() + ": " + b.why()));
    }

    private static JsonObject json(IndexBuilder.Result result) {
        return new JsonObject()
                .put("segments", result.segments())
                .put("made", result.made())
                .put("kept", result.kept())
                .put(
                        "broken",
                        result.broken().stream()
                                .map(b -> new JsonObject()
                                        .put("segment", b.segment())
                                        .put("reason", b.why()))
                                .collect(Collectors.toList()));
    }
}
