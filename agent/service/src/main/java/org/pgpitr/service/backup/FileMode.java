package org.pgpitr.service.backup;

import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;

/** Permission bits as a number, such as {@code 0600}. */
final class FileMode {
    private FileMode() {}

    static int of(PosixFileAttributes attributes) {
        int mode = 0;
        for (PosixFilePermission permission : attributes.permissions()) {
            // OWNER_READ is the first constant, OTHERS_EXECUTE the ninth
            mode |= 0400 >> permission.ordinal();
        }
        return mode;
    }
}
