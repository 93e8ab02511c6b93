package org.pgpitr.storage.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.InputStream;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import org.pgpitr.storage.ByteRange;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.DeleteResult;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStat;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.ObjectVersion;

/** Keeps account of a store's calls, in {@link StoreMetrics}. Beneath the retries it sees each attempt. */
public final class MeteredStore implements ObjectStore {
    private final ObjectStore store;
    private final StoreMetrics metrics;

    /** @param repository the name under which the figures stand */
    public MeteredStore(ObjectStore store, MeterRegistry registry, String repository) {
        this.store = store;
        this.metrics = new StoreMetrics(registry, repository);
    }

    private static String found(Optional<?> result) {
        return result.isPresent() ? "found" : "absent";
    }

    @Override
    public Optional<InputStream> open(ObjectKey key) {
        return metrics.timed(StoreMetrics.Operation.OPEN, () -> store.open(key), MeteredStore::found)
                .map(metrics::counted);
    }

    @Override
    public Optional<InputStream> open(ObjectKey key, ByteRange range) {
        return metrics.timed(StoreMetrics.Operation.OPEN, () -> store.open(key, range), MeteredStore::found)
                .map(metrics::counted);
    }

    @Override
    public Optional<ObjectStat> stat(ObjectKey key) {
        return metrics.timed(StoreMetrics.Operation.STAT, () -> store.stat(key), MeteredStore::found);
    }

    @Override
    public PutResult putIfAbsent(ObjectKey key, Content content) {
        PutResult result = metrics.timed(
                StoreMetrics.Operation.PUT,
                () -> store.putIfAbsent(key, content),
                put -> put == PutResult.CREATED ? "created" : "exists");
        if (result == PutResult.CREATED) {
            metrics.uploaded(content.length());
        }
        return result;
    }

    @Override
    public Optional<ObjectVersion> replace(ObjectKey key, Content content, ObjectVersion expected) {
        Optional<ObjectVersion> replaced = metrics.timed(
                StoreMetrics.Operation.REPLACE,
                () -> store.replace(key, content, expected),
                version -> version.isPresent() ? "replaced" : "stale");
        if (replaced.isPresent()) {
            metrics.uploaded(content.length());
        }
        return replaced;
    }

    @Override
    public void list(String prefix, ListVisitor visitor) {
        timedListing(() -> store.list(prefix, visitor));
    }

    @Override
    public void listAfter(String prefix, ObjectKey after, ListVisitor visitor) {
        timedListing(() -> store.listAfter(prefix, after, visitor));
    }

    private void timedListing(Runnable call) {
        Set<ObjectKey> unused = metrics.timed(
                StoreMetrics.Operation.LIST,
                () -> {
                    call.run();
                    return Set.of();
                },
                nothing -> "done");
    }

    @Override
    public DeleteResult delete(Collection<ObjectKey> keys) {
        return metrics.timed(
                StoreMetrics.Operation.DELETE,
                () -> store.delete(keys),
                result -> result.isComplete() ? "done" : "kept");
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
