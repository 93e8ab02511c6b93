package org.pgpitr.service.index;

import java.util.Optional;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.index.ArchiveListing;
import org.pgpitr.repository.index.IndexUpkeep;
import org.pgpitr.storage.StorageException;

/** The index brought up to date by a job that is done with its own work, and does not fail for it. */
public final class IndexAside {
    private IndexAside() {}

    /**
     * Makes a bounded number of the roll-ups that are missing, where this host can.
     *
     * @return why not, for people; empty if all went well
     */
    public static Optional<String> extend(Generation generation) {
        try {
            IndexUpkeep.run(generation, ArchiveListing.scan(generation));
            return Optional.empty();
        } catch (PgpitrException | StorageException e) {
            return Optional.of(
                    "the WAL index was not brought up to date (`pgpitr index rebuild` does): " + e.getMessage());
        }
    }
}
