package org.pgpitr.repository.codec;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * The stored bytes as the store delivers them. Remembers when the store fails, so that a decoder above never takes a
 * broken connection for damaged data, nor the other way round.
 */
final class SourceStream extends FilterInputStream {
    private IOException failure;
    private RuntimeException defect;

    SourceStream(InputStream in) {
        super(in);
    }

    /** Throws what reading threw; nothing if reading went well. */
    void rethrowItsOwnFailure() throws IOException {
        if (failure != null) {
            throw failure;
        }
        if (defect != null) {
            throw defect;
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        try {
            return in.read(bytes, offset, length);
        } catch (IOException e) {
            failure = e;
            throw e;
        } catch (RuntimeException e) {
            defect = e;
            throw e;
        }
    }

    @Override
    public long skip(long count) throws IOException {
        return in.skip(count);
    }
}
