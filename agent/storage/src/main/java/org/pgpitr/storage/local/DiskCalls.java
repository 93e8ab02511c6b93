package org.pgpitr.storage.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The calls that file systems differ in, or that leave nothing to be seen. */
interface DiskCalls {
    /** Gives a file a second name, which must be free. */
    void link(Path name, Path existing) throws IOException;

    /** Makes the names in a folder durable. */
    void sync(Path folder) throws IOException;

    DiskCalls SYSTEM = new DiskCalls() {
        @Override
        public void link(Path name, Path existing) throws IOException {
            Files.createLink(name, existing);
        }

        @Override
        public void sync(Path folder) throws IOException {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            } catch (IOException e) {
                // As PostgreSQL's fsync_fname does: some file systems can't sync a folder, and say so in this way.
                if (!"Invalid argument".equals(e.getMessage()) && !"Bad file descriptor".equals(e.getMessage())) {
                    throw e;
                }
            }
        }
    };
}
