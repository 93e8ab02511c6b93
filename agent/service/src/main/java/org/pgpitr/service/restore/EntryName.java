package org.pgpitr.service.restore;

import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.backup.ManifestEntry;

/** Keeps a hostile or damaged manifest from naming anything outside the directories that are being restored. */
final class EntryName {
    private EntryName() {}

    /**
     * @throws PgpitrException CORRUPT for a path that is not plainly below the data directory
     */
    static void check(ManifestEntry entry) {
        String path = entry.path();
        if (path.equals(".") && entry.kind() == ManifestEntry.Kind.DIRECTORY) {
            return;
        }
        for (String part : path.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..") || part.indexOf('\0') >= 0) {
                throw refused(path);
            }
        }
        if (path.equals(UnfinishedMarker.NAME) || path.equals(ControlFilePlace.UNFINISHED)) {
            throw refused(path);
        }
    }

    private static PgpitrException refused(String path) {
        return new PgpitrException(
                ExitCode.CORRUPT,
                "the manifest names a file that can't be in a data directory: \"" + path + "\"",
                "nothing was restored; use another backup and find out who wrote this one");
    }
}
