package org.pgpitr.service.archive;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.PartialSegmentName;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.stream.StreamedSegment;

/** Brings one archived file back, from the first repository that has it. */
public final class ArchiveGet {
    /** What was found. */
    public enum Outcome {
        /** The file is in place, verified. */
        FOUND,
        /** Every repository says that there is no such file. */
        ABSENT
    }

    private final List<Repository> repositories;
    private final Path dataDirectory;
    private final Consumer<String> warnings;

    /**
     * @param repositories at least one, asked in this order
     * @param dataDirectory of the cluster that recovers; relative destinations are relative to it
     * @param warnings hears of repositories that failed where another one delivered
     */
    public ArchiveGet(List<Repository> repositories, Path dataDirectory, Consumer<String> warnings) {
        if (repositories.isEmpty()) {
            throw new IllegalArgumentException("no repository");
        }
        this.repositories = List.copyOf(repositories);
        this.dataDirectory = dataDirectory;
        this.warnings = warnings;
    }

    /**
     * All that a request of a recovery takes: {@link #get}, and the note that is left at the recovery's end.
     *
     * @param destination as {@code %p} gives it
     * @param place where the file is to go: there, or where it is handed over from
     */
    public Outcome answer(String name, Path destination, Path place, WantedGeneration wanted) {
        Outcome outcome = get(name, place, wanted);
        if (outcome == Outcome.ABSENT) {
            new ReplayNote(repositories, wanted, dataDirectory).leave(name, destination);
        }
        return outcome;
    }

    /**
     * Puts an archived file in place. A repository that fails is passed over for the next one, with a warning; if none
     * delivers the file, its failure is thrown, and never taken for absence.
     *
     * <p>Where a whole segment is proven absent and the partial one is archived, that one is delivered. Recovery along
     * the timeline that ended in it then replays up to where the timeline was left, instead of a segment less. Recovery
     * along a later timeline asks for that timeline's segment first, which holds the same and more. Likewise with the
     * pieces of a stream, from which the segment is put together: of both, what holds more of the timeline is
     * delivered.
     *
     * @param name as {@code %f} gives it
     * @param destination as {@code %p} gives it
     * @param wanted the generations to be read; a repository that has none such has no such file
     * @throws PgpitrException USAGE if nothing of that name is ever archived, WAL_CONFLICT if the data directory is of
     *     a cluster that has no place in a repository, NO_REPOSITORY also if none of them has the generation, NO_KEY,
     *     CORRUPT
     * @throws org.pgpitr.storage.StorageException if the one repository there is can't tell
     */
    public Outcome get(String name, Path destination, WantedGeneration wanted) {
        WalFileName file = WalFileName.tryParse(name)
                .orElseThrow(() -> new PgpitrException(
                        ExitCode.USAGE,
                        "not the name of a file that PostgreSQL archives: " + name,
                        "restore_command is `pgpitr archive-get %f \"%p\"`"));
        Path place = dataDirectory.resolve(destination);
        ArchivesInOrder archives = new ArchivesInOrder(repositories, wanted, warnings);
        if (archives.fetch(file, place)) {
            return Outcome.FOUND;
        }
        if (archives.all().findAny().isEmpty()) {
            throw new PgpitrException(
                    ExitCode.NO_REPOSITORY,
                    "no repository holds " + wanted,
                    "`pgpitr list` shows the generations there are; is it the right repository, and the right name?");
        }
        return file instanceof WalSegmentName segment && fetchIncomplete(segment, place, archives)
                ? Outcome.FOUND
                : Outcome.ABSENT;
    }

    /** Every repository has said that there is no whole segment. */
    private static boolean fetchIncomplete(WalSegmentName segment, Path place, ArchivesInOrder archives) {
        List<Generation> generations =
                archives.all().map(WalArchive::generation).toList();
        Optional<StreamedSegment> pieces = LongestStream.of(segment, place, generations);
        try (StreamedSegment streamed = pieces.orElse(null)) {
            boolean partial = archives.fetch(new PartialSegmentName(segment), place);
            if (streamed != null && !(partial && streamed.isBeginningOf(place))) {
                streamed.place();
                return true;
            }
            // What was not there in pieces may have been completed meanwhile: its pieces go then
            return partial || archives.fetch(segment, place);
        }
    }
}
