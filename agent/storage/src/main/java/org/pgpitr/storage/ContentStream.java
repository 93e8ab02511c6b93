package org.pgpitr.storage;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads a {@link Content} for a store and holds it to its word: the stream fails with {@link SourceFailure} where the
 * content can't be read, ends before its length, or goes on behind it. A store reads to the end of the stream before
 * it publishes anything.
 */
public final class ContentStream extends FilterInputStream {
    /** The content failed, not the store: to be reported as {@link StorageException.Kind#SOURCE_FAILED}. */
    public static final class SourceFailure extends IOException {
        private static final long serialVersionUID = 1L;

        private SourceFailure(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private final long length;
    private long position;

    private ContentStream(InputStream in, long length) {
        super(in);
        this.length = length;
    }

    public static ContentStream open(Content content) throws SourceFailure {
        try {
            InputStream in = content.open();
            // Nobody reads what is announced as empty.
            if (content.length() == 0 && in.read() >= 0) {
                in.close();
                throw new SourceFailure("the content goes on behind its 0 bytes", null);
            }
            return new ContentStream(in, content.length());
        } catch (SourceFailure e) {
            throw e;
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public int read() throws SourceFailure {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int count) throws SourceFailure {
        try {
            int n = in.read(buffer, offset, count);
            if (n < 0 && position < length) {
                throw new SourceFailure("the content ended at " + position + " of " + length + " bytes", null);
            }
            position += Math.max(n, 0);
            // A reader that knows the length stops there, so what lies behind must be found without being asked for.
            if (position > length || (n > 0 && position == length && in.read() >= 0)) {
                throw new SourceFailure("the content goes on behind its " + length + " bytes", null);
            }
            return n;
        } catch (SourceFailure e) {
            throw e;
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public long skip(long n) throws IOException {
        byte[] skipped = new byte[(int) Math.min(8192, Math.max(n, 0))];
        return Math.max(read(skipped, 0, skipped.length), 0);
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    private static SourceFailure failure(IOException e) {
        return new SourceFailure(
                "the content could not be read: " + (e.getMessage() == null ? e.toString() : e.getMessage()), e);
    }
}
