package org.pgpitr.repository.backup;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.pgpitr.storage.ByteRange;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStat;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.ObjectVersion;

/** Counts the bytes that are read from a store. */
record CountingStore(ObjectStore store, AtomicLong read) implements ObjectStore {
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

    @Override
    public Optional<ObjectStat> stat(ObjectKey key) {
        return store.stat(key);
    }

    @Override
    public PutResult putIfAbsent(ObjectKey key, Content content) {
        return store.putIfAbsent(key, content);
    }

    @Override
    public Optional<ObjectVersion> replace(ObjectKey key, Content content, ObjectVersion expected) {
        return store.replace(key, content, expected);
    }

    @Override
    public void list(String prefix, ListVisitor visitor) {
        store.list(prefix, visitor);
    }

    @Override
    public void listAfter(String prefix, ObjectKey after, ListVisitor visitor) {
        store.listAfter(prefix, after, visitor);
    }

    @Override
    public Set<ObjectKey> delete(Collection<ObjectKey> keys) {
        return store.delete(keys);
    }

    @Override
    public String location() {
        return store.location();
    }

    @Override
    public void close() {
        store.close();
    }
}
