package org.pgpitr.service.restore;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** How a file or a directory is made durable; a test listens in, or lets it fail. */
@FunctionalInterface
interface Durability {
    /** By fsync. */
    Durability DISK = path -> {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    };

    /** Returns when the content of the file, or the names in the directory, would survive a loss of power. */
    void sync(Path path) throws IOException;
}
