package org.pgpitr.repository.backup;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.pgpitr.storage.ByteRange;
import org.pgpitr.storage.ForwardingStore;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;

/** Counts the bytes that are read from a store. */
final class CountingStore extends ForwardingStore {
    private final AtomicLong read;

    CountingStore(ObjectStore store, AtomicLong read) {
        super(store);
        this.read = read;
    }

    private InputStream counted(InputStream in) {
        return new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                int b = super.read();
                read.addAndGet(b < 0 ? 0 : 1);
                return b;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                int n = super.read(bytes, offset, length);
                read.addAndGet(Math.max(n, 0));
                return n;
            }
        };
    }

    @Override
    public Optional<InputStream> open(ObjectKey key) {
        return store.open(key).map(this::counted);
    }

    @Override
    public Optional<InputStream> open(ObjectKey key, ByteRange range) {
        return store.open(key, range).map(this::counted);
    }
}
