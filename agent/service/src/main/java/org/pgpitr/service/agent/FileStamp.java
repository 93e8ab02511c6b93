package org.pgpitr.service.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;

/**
 * Which file stands under a name, and in which state.
 *
 * @param key device and inode; null where the file system has none
 */
record FileStamp(long size, FileTime modified, Object key) {
    static FileStamp of(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new FileStamp(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
    }

    /** Whether that is still so. */
    boolean holds(Path file) {
        try {
            return Objects.equals(this, of(file));
        } catch (IOException e) {
            return false;
        }
    }
}
