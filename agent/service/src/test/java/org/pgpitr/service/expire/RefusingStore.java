package org.pgpitr.service.expire;

import java.io.InputStream;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.pgpitr.storage.ByteRange;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStat;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.ObjectVersion;

/** Does not delete some objects, and lets a test act just before each deletion. */
final class RefusingStore implements ObjectStore {
    private final ObjectStore store;
    private final Predicate<ObjectKey> refused;
    private final Runnable beforeDeletion;

    RefusingStore(ObjectStore store, Predicate<ObjectKey> refused, Runnable beforeDeletion) {
        this.store = store;
        this.refused = refused;
        this.beforeDeletion = beforeDeletion;
    }

    @Override
    public Set<ObjectKey> delete(Collection<ObjectKey> keys) {
        beforeDeletion.run();
        List<ObjectKey> allowed = keys.stream().filter(refused.negate()).toList();
        Set<ObjectKey> survivors = new LinkedHashSet<>(store.delete(allowed));
        keys.stream().filter(refused).filter(key -> store.stat(key).isPresent()).forEach(survivors::add);
        return survivors;
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
    public String location() {
        return store.location();
    }

    @Override
    public void close() {
        store.close();
    }
}
