package org.pgpitr.storage.s3;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.pgpitr.storage.ExactStream;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * The body of a response, to its announced length or to an {@link IOException}, whatever an HTTP client makes of a
 * connection that is closed early. The store has {@link S3Timeouts#call} for each 16 MiB begun: a body that trickles ends
 * then, however often something comes. Only the time spent waiting for the store counts, as the pace is the reader's.
 */
final class S3Body extends FilterInputStream {
    private final ResponseInputStream<?> response;
    private final String what;
    private final long length;
    private final Duration patience;
    private long position;
    private long waitedNanos;
    private boolean failed;

    /**
     * @param patience for each 16 MiB begun
     * @param what for messages, such as {@code main/1/x at s3://bucket}
     */
    S3Body(ResponseInputStream<?> response, long length, Duration patience, String what) {
        super(new ExactStream(response, length));
        this.response = response;
        this.length = length;
        this.patience = patience;
        this.what = what;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int count) throws IOException {
        try {
            long begun = System.nanoTime();
            int n = in.read(buffer, offset, count);
            waitedNanos += System.nanoTime() - begun;
            position += Math.max(n, 0);
            requirePace();
            return n;
        } catch (AbortedException e) {
            failed = true;
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted while reading " + what).initCause(e);
        } catch (IOException | SdkException e) {
            failed = true;
            throw new IOException("reading " + what + " broke off: " + e.getMessage(), e);
        }
    }

    private void requirePace() throws IOException {
        long unitsBegun = position / S3Store.TIMEOUT_UNIT + 1;
        if (position < length && waitedNanos > patience.multipliedBy(unitsBegun).toNanos()) {
            throw new IOException(
                    "too slow, " + position + " bytes in " + TimeUnit.NANOSECONDS.toSeconds(waitedNanos) + " s");
        }
    }

    @Override
    public long skip(long n) throws IOException {
        byte[] skipped = new byte[(int) Math.min(8192, Math.max(n, 0))];
        return Math.max(read(skipped, 0, skipped.length), 0);
    }

    /** What was not read is not waited for: the connection is given up instead. */
    @Override
    public void close() throws IOException {
        if (failed || position < length) {
            response.abort();
        } else {
            response.close();
        }
    }
}
