package org.pgpitr.service.archive;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.PartialSegmentName;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.WalArchive;

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

    /**
     * @param repositories at least one, asked in this order
     * @param dataDirectory of the cluster that recovers; relative destinations are relative to it
     */
    public ArchiveGet(List<Repository> repositories, Path dataDirectory) {
        if (repositories.isEmpty()) {
            throw new IllegalArgumentException("no repository");
        }
        this.repositories = List.copyOf(repositories);
        this.dataDirectory = dataDirectory;
    }

    /**
     * Puts an archived file in place. A repository that fails is passed over for the next one; if none delivers the
     * file, its failure is thrown, and never taken for absence.
     *
     * <p>Where a whole segment is proven absent and the partial one is archived, that one is delivered. Recovery along
     * the timeline that ended in it then replays up to where the timeline was left, instead of a segment less. Recovery
     * along a later timeline asks for that timeline's segment first, which holds the same and more.
     *
     * @param name as {@code %f} gives it
     * @param destination as {@code %p} gives it
     * @param generation to be read; empty: the one of the cluster in the data directory, or else the newest
     * @throws PgpitrException USAGE if nothing of that name is ever archived, WAL_CONFLICT if the data directory is of
     *     a cluster that has no place in a repository, NO_REPOSITORY, NO_KEY, CORRUPT
     * @throws org.pgpitr.storage.StorageException if the one repository there is can't tell
     */
    public Outcome get(String name, Path destination, OptionalInt generation) {
        WalFileName file = WalFileName.tryParse(name)
                .orElseThrow(() -> new PgpitrException(
                        ExitCode.USAGE,
                        "not the name of a file that PostgreSQL archives: " + name,
                        "restore_command is `pgpitr archive-get %f \"%p\"`"));
        Path place = dataDirectory.resolve(destination);
        Map<Repository, WalArchive> opened = new HashMap<>();
        Function<Repository, WalArchive> archives =
                repository -> opened.computeIfAbsent(repository, r -> new WalArchive(generation(r, generation)));
        if (fetch(file, place, archives)) {
            return Outcome.FOUND;
        }
        return file instanceof WalSegmentName segment && fetch(new PartialSegmentName(segment), place, archives)
                ? Outcome.FOUND
                : Outcome.ABSENT;
    }

    private boolean fetch(WalFileName file, Path place, Function<Repository, WalArchive> archives) {
        Failures failures = new Failures();
        for (Repository repository : repositories) {
            try {
                if (archives.apply(repository).fetch(file, place)) {
                    return true;
                }
            } catch (RuntimeException e) {
                failures.add(repository, e);
            }
        }
        if (!failures.isEmpty()) {
            throw failures.together(repositories.size());
        }
        return false;
    }

    private Generation generation(Repository repository, OptionalInt number) {
        return number.isPresent()
                ? repository.generation(number.getAsInt())
                : LocalCluster.generation(repository, LocalCluster.systemIdentifier(dataDirectory));
    }
}
