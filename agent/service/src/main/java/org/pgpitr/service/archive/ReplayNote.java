package org.pgpitr.service.archive;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.TimelineHistoryName;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.lease.LeaseHolder;
import org.pgpitr.repository.measured.Measurement;
import org.pgpitr.repository.measured.Measurements;
import org.pgpitr.storage.StorageException;

/**
 * Leaves in the repository how fast a recovery was, for the plans to come. At its end a server asks for the history of
 * the timeline that it is about to open, which nobody has: that is when all is known.
 */
public final class ReplayNote {
    private static final Path DESTINATION = Path.of("pg_wal", "RECOVERYHISTORY");

    private final List<Repository> repositories;
    private final WantedGeneration wanted;
    private final Path dataDirectory;

    /** @param repositories the first that has the generation is told */
    public ReplayNote(List<Repository> repositories, WantedGeneration wanted, Path dataDirectory) {
        this.repositories = List.copyOf(repositories);
        this.wanted = wanted;
        this.dataDirectory = dataDirectory;
    }

    /**
     * Hears of a file that is absent. Nothing fails for want of a note: with credentials that only read there is none.
     *
     * @param name as {@code %f} gives it
     * @param destination as {@code %p} gives it
     */
    public void leave(String name, Path destination) {
        boolean atTheEnd = destination.equals(DESTINATION)
                && WalFileName.tryParse(name).orElse(null) instanceof TimelineHistoryName;
        if (!atTheEnd) {
            return;
        }
        try {
            Optional<Measurement> measured =
                    ReplayedWal.measure(dataDirectory, LeaseHolder.thisProcess().host());
            if (measured.isPresent()) {
                repositories.stream()
                        .flatMap(repository -> wanted.in(repository).stream())
                        .findFirst()
                        .ifPresent(generation -> add(generation, measured.get()));
            }
        } catch (IOException | PgpitrException | StorageException noNote) {
            // the recovery is at its end, and is not to wait or to fail for this
        }
    }

    private static void add(Generation generation, Measurement measured) {
        new Measurements(generation).add(measured);
    }
}
