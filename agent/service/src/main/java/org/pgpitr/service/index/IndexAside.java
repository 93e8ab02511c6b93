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
     * @return why not, or not all, for people; empty if all went well
     */
    public static Optional<String> extend(Generation generation) {
        try {
            return IndexUpkeep.run(generation, ArchiveListing.scan(generation)).broken().stream()
                    .findFirst()
                    .map(broken -> "the WAL index leaves out the group of segment " + broken.segment()
                            + " (`pgpitr verify` tells of all that is damaged): " + broken.why());
        } catch (PgpitrException | StorageException e) {
            return Optional.of(
                    "the WAL index was not brought up to date (`pgpitr index rebuild` does): " + e.getMessage());
        }
    }
}
