package org.pgpitr.storage;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Delivers as many bytes as were announced: fails where the source ends before them, and leaves out what comes behind.
 */
public final class ExactStream extends FilterInputStream {
    private final long length;
    private long position;

    public ExactStream(InputStream in, long length) {
        super(in);
        this.length = length;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        if (position >= length) {
            return -1;
        }
        int n = in.read(buffer, offset, (int) Math.min(count, length - position));
        if (n < 0) {
            throw new EOFException("ended at " + position + " of " + length + " bytes");
        }
        position += n;
        return n;
    }

    @Override
    public long skip(long n) throws IOException {
        byte[] skipped = new byte[(int) Math.min(8192, Math.max(n, 0))];
        return Math.max(read(skipped, 0, skipped.length), 0);
    }

    @Override
    public int available() throws IOException {
        return (int) Math.min(in.available(), length - position);
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
