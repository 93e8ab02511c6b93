package org.pgpitr.service.verify;

import java.util.HexFormat;
import java.util.Optional;
import org.pgpitr.repository.backup.ManifestEntry;
import org.pgpitr.repository.backup.ManifestEntry.Kind;

/**
 * What the manifest says of an entry, in little memory: a lane may have a hundred thousand.
 *
 * @param sha256 null for all but files
 * @param linkTarget null for all but links
 * @param sequence the object in which the entry begins
 */
record ExpectedEntry(String path, Kind kind, long size, byte[] sha256, String linkTarget, int sequence) {
    static ExpectedEntry of(ManifestEntry entry) {
        return new ExpectedEntry(
                entry.path(),
                entry.kind(),
                entry.size(),
                entry.sha256().map(HexFormat.of()::parseHex).orElse(null),
                entry.linkTarget().orElse(null),
                entry.position().orElseThrow().sequence());
    }

    boolean describes(ManifestEntry found) {
        return path.equals(found.path())
                && kind == found.kind()
                && size == found.size()
                && Optional.ofNullable(linkTarget).equals(found.linkTarget());
    }
}
