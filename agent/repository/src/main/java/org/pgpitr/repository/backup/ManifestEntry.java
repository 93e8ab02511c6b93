package org.pgpitr.repository.backup;

import java.time.Instant;
import java.util.Optional;

/**
 * One line of a manifest: a file, a directory or a symbolic link of the backup.
 *
 * @param path relative to the data directory, parted by slashes, as {@link PathNames} writes it; {@code .} is the data
 *     directory itself
 * @param kind what it is
 * @param size in bytes; 0 for all but files
 * @param mode the permission bits, such as {@code 0600}
 * @param modified when it was last changed
 * @param sha256 of the file's content as it stands in the backup, lower-case hexadecimal; files only
 * @param position where the entry begins; empty before it is written
 * @param linkTarget links only
 */
public record ManifestEntry(
        String path,
        Kind kind,
        long size,
        int mode,
        Instant modified,
        Optional<String> sha256,
        Optional<LanePosition> position,
        Optional<String> linkTarget) {
    /** What an entry is. */
    public enum Kind {
        FILE,
        DIRECTORY,
        LINK
    }

    public ManifestEntry {
        if (size < 0 || (kind != Kind.FILE && size != 0) || (mode & ~07777) != 0) {
            throw new IllegalArgumentException(
                    "not an entry: " + path + ", " + kind + ", size " + size + ", mode " + Integer.toOctalString(mode));
        }
        if ((kind == Kind.LINK) != linkTarget.isPresent()) {
            throw new IllegalArgumentException("not an entry: " + path + ", " + kind + ", target " + linkTarget);
        }
    }

    /** A file that is about to be written; its digest and position come later. */
    public static ManifestEntry file(String path, long size, int mode, Instant modified) {
        return new ManifestEntry(
                path, Kind.FILE, size, mode, modified, Optional.empty(), Optional.empty(), Optional.empty());
    }

    public static ManifestEntry directory(String path, int mode, Instant modified) {
        return new ManifestEntry(
                path, Kind.DIRECTORY, 0, mode, modified, Optional.empty(), Optional.empty(), Optional.empty());
    }

    public static ManifestEntry link(String path, String target, Instant modified) {
        return new ManifestEntry(
                path, Kind.LINK, 0, 0777, modified, Optional.empty(), Optional.empty(), Optional.of(target));
    }

    public ManifestEntry withSha256(String hex) {
        return new ManifestEntry(path, kind, size, mode, modified, Optional.of(hex), position, linkTarget);
    }

    public ManifestEntry at(LanePosition where) {
        return new ManifestEntry(path, kind, size, mode, modified, sha256, Optional.of(where), linkTarget);
    }
}
