package org.pgpitr.service.init;

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

/** Overwrites whatever the conditions say, as some S3 look-alikes do. */
public final class CarelessStore implements ObjectStore {
    private final ObjectStore store;

    public CarelessStore(ObjectStore store) {
        this.store = store;
    }

    @Override
    public PutResult putIfAbsent(ObjectKey key, Content content) {
        Set<ObjectKey> unused = store.delete(Set.of(key));
        return store.putIfAbsent(key, content);
    }

    @Override
    public Optional<ObjectVersion> replace(ObjectKey key, Content content, ObjectVersion expected) {
        PutResult unused = putIfAbsent(key, content);
        return store.stat(key).map(ObjectStat::version);
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
    public void close() {}
}
