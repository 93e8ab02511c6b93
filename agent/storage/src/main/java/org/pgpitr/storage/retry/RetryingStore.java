package org.pgpitr.storage.retry;

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

/** Repeats calls that failed retryably. */
public final class RetryingStore implements ObjectStore {
    private final ObjectStore store;
    private final RetryPolicy policy;

    public RetryingStore(ObjectStore store, RetryPolicy policy) {
        this.store = store;
        this.policy = policy;
    }

    @Override
    public Optional<InputStream> open(ObjectKey key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<InputStream> open(ObjectKey key, ByteRange range) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<ObjectStat> stat(ObjectKey key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public PutResult putIfAbsent(ObjectKey key, Content content) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<ObjectVersion> replace(ObjectKey key, Content content, ObjectVersion expected) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void list(String prefix, ListVisitor visitor) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void listAfter(String prefix, ObjectKey after, ListVisitor visitor) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Set<ObjectKey> delete(Collection<ObjectKey> keys) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String location() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
