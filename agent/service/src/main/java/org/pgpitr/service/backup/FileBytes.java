package org.pgpitr.service.backup;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that is open for reading while a server may be changing it. */
interface FileBytes extends Closeable {
    /** In bytes, as of now. */
    long size() throws IOException;

    /**
     * Reads at a position.
     *
     * @return how many bytes, fewer than {@code length} only at the file's present end
     */
    int read(long position, byte[] buffer, int offset, int length) throws IOException;

    /**
     * Opens a file, which must not be a symbolic link.
     *
     * @throws java.nio.file.NoSuchFileException if it is gone
     */
    static FileBytes open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        return new FileBytes() {
            @Override
            public long size() throws IOException {
                return channel.size();
            }

            @Override
            public int read(long position, byte[] buffer, int offset, int length) throws IOException {
                ByteBuffer target = ByteBuffer.wrap(buffer, offset, length);
                while (target.hasRemaining()) {
                    if (channel.read(target, position + target.position() - offset) < 0) {
                        break;
                    }
                }
                return target.position() - offset;
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }

    /** Opens files; the seam at which tests change a file between two reads. */
    @FunctionalInterface
    interface Opener {
        FileBytes open(Path file) throws IOException;
    }
}
