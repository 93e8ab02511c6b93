package org.pgpitr.storage.retry;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.pgpitr.storage.ByteRange;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.StorageException;

/** Reads on from where it had come to when the store's stream breaks. */
final class ResumingStream extends InputStream {
    /** Opens a range once more, retrying. */
    @FunctionalInterface
    interface Reopen {
        Optional<InputStream> open(ByteRange range);
    }

    /** A stream that breaks more often than the policy has attempts within so many bytes is given up. */
    private static final long PROGRESS = 1 << 20;

    private final ObjectKey key;
    private final Reopen reopen;
    private final int breaksAllowed;
    private final long end;
    private long position;
    private long brokeAt;
    private int breaks;
    private InputStream in;

    /**
     * @param in the bytes from {@code range}'s offset on
     * @param range may reach behind the object's end
     */
    ResumingStream(ObjectKey key, InputStream in, ByteRange range, Reopen reopen, int breaksAllowed) {
        this.key = key;
        this.in = in;
        this.position = range.offset();
        this.end = range.length() > Long.MAX_VALUE - position ? Long.MAX_VALUE : position + range.length();
        this.reopen = reopen;
        this.breaksAllowed = breaksAllowed;
        this.brokeAt = position;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        while (true) {
            try {
                int n = in.read(buffer, offset, length);
                position += Math.max(n, 0);
                return n;
            } catch (IOException e) {
                resume(e);
            }
        }
    }

    private void resume(IOException broken) throws IOException {
        breaks = position - brokeAt >= PROGRESS ? 1 : breaks + 1;
        brokeAt = position;
        if (breaks > breaksAllowed || Thread.currentThread().isInterrupted()) {
            throw broken;
        }
        try {
            in.close();
        } catch (IOException e) {
            broken.addSuppressed(e);
        }
        if (position == end) {
            in = InputStream.nullInputStream();
            return;
        }
        try {
            in = reopen.open(new ByteRange(position, end - position))
                    .orElseThrow(() -> new IOException(key + " was deleted while it was being read", broken));
        } catch (StorageException e) {
            e.addSuppressed(broken);
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
