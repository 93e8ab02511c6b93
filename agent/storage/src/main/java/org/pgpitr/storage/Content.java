package org.pgpitr.storage;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Bytes to be stored: of known length, and to be opened as often as a retry needs them. A content whose source fails
 * midway makes the put fail and publishes nothing.
 */
public interface Content {
    /** In bytes; what {@link #open} delivers, neither more nor less. */
    long length();

    /** The bytes from the beginning, the same each time. The caller closes the stream. */
    InputStream open() throws IOException;

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
        };
    }
}
