package org.pgpitr.storage.metrics;

import io.micrometer.core.instrument.Counter;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Counts the bytes that are read, and whether reading fails. */
final class CountedStream extends FilterInputStream {
    private final Counter bytes;
    private final Counter broken;

    CountedStream(InputStream in, Counter bytes, Counter broken) {
        super(in);
        this.bytes = bytes;
        this.broken = broken;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        try {
            int n = in.read(buffer, offset, length);
            bytes.increment(Math.max(n, 0));
            return n;
        } catch (IOException e) {
            broken.increment();
            throw e;
        }
    }
}
