package org.pgpitr.repository.catalog;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import org.pgpitr.repository.codec.Sha256;

/** Passes everything on, and digests what comes behind the first line. */
final class LinesBehindHead extends FilterInputStream {
    private final MessageDigest digest = Sha256.begin();
    private boolean behind;

    LinesBehindHead(InputStream in) {
        super(in);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = in.read(bytes, offset, length);
        int from = offset;
        while (!behind && from < offset + count) {
            behind = bytes[from++] == '\n';
        }
        if (count > 0) {
            digest.update(bytes, from, offset + count - from);
        }
        return count;
    }

    /** The digest, when the rest is read. */
    String sha256() throws IOException {
        byte[] rest = new byte[1 << 13];
        while (read(rest, 0, rest.length) >= 0) {
            continue;
        }
        return Sha256.end(digest);
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
