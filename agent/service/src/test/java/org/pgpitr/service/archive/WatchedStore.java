package org.pgpitr.service.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import org.pgpitr.storage.ByteRange;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStat;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.ObjectVersion;

/** Lets a test look around at each read of an object. */
record WatchedStore(ObjectStore store, Runnable look) implements ObjectStore {
    @Override
    public Optional<InputStream> open(ObjectKey key) {
        return store.open(key).map(in -> new FilterInputStream(in) {
            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                look.run();
                return super.read(bytes, offset, length);
            }
        });
    }

    @Override
    public Optional<InputStream> open(ObjectKey key, ByteRange range) {
        return store.open(key, range);
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
