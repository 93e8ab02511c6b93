package org.pgpitr.repository.codec;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/** The bytes of a file, held against its tag: a byte too many, an early end, or another digest is damage. */
final class FileStream extends FilterInputStream {
    private final FileTag tag;
    private final MessageDigest digest = Sha256.begin();
    private long count;
    private boolean verified;

    FileStream(InputStream in, FileTag tag) {
        super(in);
        this.tag = tag;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = in.read(bytes, offset, length);
        if (read < 0) {
            verify();
            return read;
        }
        count += read;
        if (count > tag.size()) {
            throw new DamagedException("it holds more than the " + tag.size() + " bytes its tag tells");
        }
        digest.update(bytes, offset, read);
        return read;
    }

    private void verify() throws DamagedException {
        if (verified) {
            return;
        }
        if (count != tag.size()) {
            throw new DamagedException("it holds " + count + " bytes and its tag tells " + tag.size());
        }
        String actual = Sha256.end(digest);
        if (!actual.equals(tag.sha256())) {
            throw new DamagedException("its content has SHA-256 " + actual + " and its tag tells " + tag.sha256());
        }
        verified = true;
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
