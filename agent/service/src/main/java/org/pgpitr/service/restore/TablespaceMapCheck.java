package org.pgpitr.service.restore;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.repository.backup.BackupSummary;

/** Whether a backup's tablespaces can go where they are wanted, before anything is restored. */
public final class TablespaceMapCheck {
    private TablespaceMapCheck() {}

    /**
     * @param map where tablespaces go, by their name or oid; others go where they were
     * @param into the data directory to be; empty while it is not known
     * @throws org.pgpitr.error.PgpitrException USAGE, as the restore does, if the map names a tablespace that the
     *     backup doesn't have, or puts one where it can't be
     */
    public static void require(BackupSummary backup, Map<String, Path> map, Optional<Path> into) {
        new TablespacePlaces(
                backup.tablespaces(),
                map,
                into.map(path -> path.toAbsolutePath().normalize()));
    }
}
