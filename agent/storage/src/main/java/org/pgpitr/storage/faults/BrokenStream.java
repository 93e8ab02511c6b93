package org.pgpitr.storage.faults;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Delivers the beginning of some bytes, then fails. */
final class BrokenStream extends InputStream {
    private final ByteArrayInputStream beginning;

    BrokenStream(byte[] bytes, int delivered) {
        this.beginning = new ByteArrayInputStream(bytes, 0, delivered);
    }

    @Override
    public int read() throws IOException {
        return failAtEnd(beginning.read());
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        return length == 0 ? 0 : failAtEnd(beginning.read(buffer, offset, length));
    }

    private static int failAtEnd(int result) throws IOException {
        if (result < 0) {
            throw new IOException("connection reset on purpose");
        }
        return result;
    }
}
