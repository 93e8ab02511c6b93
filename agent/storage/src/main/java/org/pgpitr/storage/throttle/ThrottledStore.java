package org.pgpitr.storage.throttle;

import io.github.bucket4j.BlockingStrategy;
import io.github.bucket4j.TimeMeter;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Optional;
import org.pgpitr.storage.ByteRange;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ForwardingStore;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.ObjectVersion;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.StorageException.Kind;

/**
 * Bounds the bytes per second over all threads that share it. A put waits before it begins, so that its waiting does
 * not count against a backend's timeouts; a stream waits as it is read. Stands within the retries: what is sent again
 * counts again.
 */
public final class ThrottledStore extends ForwardingStore {
    private final Throttle upload;
    private final Throttle download;

    public ThrottledStore(ObjectStore store, TransferLimits limits) {
        this(store, limits, TimeMeter.SYSTEM_MILLISECONDS, BlockingStrategy.PARKING);
    }

    ThrottledStore(ObjectStore store, TransferLimits limits, TimeMeter time, BlockingStrategy waiting) {
        super(store);
        this.upload = new Throttle(limits.upload(), time, waiting);
        this.download = new Throttle(limits.download(), time, waiting);
    }

    @Override
    public Optional<InputStream> open(ObjectKey key) {
        return store.open(key).map(this::throttled);
    }

    @Override
    public Optional<InputStream> open(ObjectKey key, ByteRange range) {
        return store.open(key, range).map(this::throttled);
    }

    private InputStream throttled(InputStream stream) {
        return new FilterInputStream(stream) {
            @Override
            public int read() throws IOException {
                pass(1);
                return in.read();
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                int n = in.read(buffer, offset, length);
                pass(n);
                return n;
            }

            private void pass(int bytes) throws IOException {
                try {
                    download.pass(bytes);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw (IOException) new InterruptedIOException("interrupted while reading").initCause(e);
                }
            }
        };
    }

    @Override
    public PutResult putIfAbsent(ObjectKey key, Content content) {
        pay(key, content);
        return store.putIfAbsent(key, content);
    }

    @Override
    public Optional<ObjectVersion> replace(ObjectKey key, Content content, ObjectVersion expected) {
        pay(key, content);
        return store.replace(key, content, expected);
    }

    private void pay(ObjectKey key, Content content) {
        try {
            upload.pass(content.length());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(
                    Kind.INTERRUPTED, "could not store " + key + " at " + location() + ": interrupted", e);
        }
    }
}
