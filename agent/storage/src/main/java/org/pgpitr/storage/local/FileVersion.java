package org.pgpitr.storage.local;

import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;
import org.pgpitr.storage.ObjectStat;
import org.pgpitr.storage.ObjectVersion;

/**
 * What tells a file from the one that replaces it: its time, which {@link TemporaryFile#laterThan} moves on at each
 * replacement, its number and its length. Cheap enough for listings, unlike a digest.
 */
final class FileVersion {
    private FileVersion() {}

    static ObjectVersion of(BasicFileAttributes attributes) {
        return new ObjectVersion(attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS) + "-" + attributes.size() + "-"
                + attributes.fileKey());
    }

    static ObjectStat stat(BasicFileAttributes attributes) {
        return new ObjectStat(
                attributes.size(), of(attributes), attributes.lastModifiedTime().toInstant());
    }
}
