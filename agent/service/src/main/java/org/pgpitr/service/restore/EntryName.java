package org.pgpitr.service.restore;

import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.backup.ManifestEntry;

/** Keeps a hostile or damaged manifest from naming anything outside the directories that are being restored. */
public final class EntryName {
    private EntryName() {}

    /**
     * @throws PgpitrException CORRUPT for a path that is not plainly below the data directory
     */
    static void check(ManifestEntry entry) {
        if (!isRestorable(entry)) {
            throw new PgpitrException(
                    ExitCode.CORRUPT,
                    "the manifest names a file that can't be in a data directory: \"" + entry.path() + "\"",
                    "nothing was restored; use another backup and find out who wrote this one");
        }
    }

    /** Whether an entry has a name that a restore accepts. */
    public static boolean isRestorable(ManifestEntry entry) {
        String path = entry.path();
        if (path.equals(".") && entry.kind() == ManifestEntry.Kind.DIRECTORY) {
            return true;
        }
        for (String part : path.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..") || part.indexOf('\0') >= 0) {
                return false;
            }
        }
        return !path.equals(UnfinishedMarker.NAME) && !path.equals(ControlFilePlace.UNFINISHED);
    }
}
