package org.pgpitr.storage;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Bytes to be stored: of known length, and to be opened as often as a retry needs them. A content whose source fails
 * midway makes the put fail and publishes nothing.
 */
public interface Content {
    /** In bytes; what {@link #open} delivers, neither more nor less. */
    long length();

    /** The bytes from the beginning, the same each time. The caller closes the stream. */
    InputStream open() throws IOException;

    /** Puts the bytes into a buffer until it is full or they end. */
    default void read(ByteBuffer into) throws IOException {
        try (InputStream in = open();
                ReadableByteChannel channel = Channels.newChannel(in)) {
            fill(into, channel);
        }
    }

    private static void fill(ByteBuffer into, ReadableByteChannel channel) throws IOException {
        while (into.hasRemaining() && channel.read(into) >= 0) {
            // goes on
        }
    }

    /** The array's bytes; it is not copied and must not change. */
    static Content of(byte[] bytes) {
        return of(bytes, 0, bytes.length);
    }

    /** A part of an array; it is not copied and must not change. */
    static Content of(byte[] bytes, int offset, int length) {
        java.util.Objects.checkFromIndexSize(offset, length, bytes.length);
        return new Content() {
            @Override
            public long length() {
                return length;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(bytes, offset, length);
            }
        };
    }

    /** A file that does not change meanwhile. */
    static Content of(Path file) throws IOException {
        long length = Files.size(file);
        return new Content() {
            @Override
            public long length() {
                return length;
            }

            @Override
            public InputStream open() throws IOException {
                return Files.newInputStream(file);
            }

            @Override
            public void read(ByteBuffer into) throws IOException {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                    fill(into, channel);
                }
            }
        };
    }
}
