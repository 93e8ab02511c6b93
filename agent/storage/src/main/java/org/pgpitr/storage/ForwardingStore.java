package org.pgpitr.storage;

import java.io.InputStream;
import java.util.Collection;
import java.util.Optional;

/** Passes every call on; a decorator overrides what it changes. */
public abstract class ForwardingStore implements ObjectStore {
    protected final ObjectStore store;

    protected ForwardingStore(ObjectStore store) {
        this.store = store;
    }

    @Override
    public Optional<InputStream> open(ObjectKey key) {
        return store.open(key);
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
    public DeleteResult delete(Collection<ObjectKey> keys) {
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
