package org.pgpitr.repository.codec;

import com.github.luben.zstd.ZstdIOException;
import java.io.IOException;
import java.io.InputStream;
import org.pgpitr.storage.ObjectKey;

/** Plaintext for callers: what the layers below find damaged becomes CORRUPT, with the object's name. */
final class DecodedStream extends InputStream {
    private final ObjectKey key;
    private final SourceStream source;
    private final InputStream in;

    DecodedStream(ObjectKey key, SourceStream source, InputStream in) {
        this.key = key;
        this.source = source;
        this.in = in;
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
        } catch (DamagedException e) {
            throw Corrupt.object(key, e.getMessage(), e);
        } catch (ZstdIOException e) {
            source.rethrowItsOwnFailure();
            throw Corrupt.object(key, "its compressed content does not decompress (" + e.getMessage() + ")", e);
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
