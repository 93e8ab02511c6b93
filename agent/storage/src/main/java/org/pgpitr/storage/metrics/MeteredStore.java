package org.pgpitr.storage.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.InputStream;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.pgpitr.storage.ByteRange;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStat;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.ObjectVersion;
import org.pgpitr.storage.StorageException;

/**
 * Keeps account of a store's calls: the timer {@value #CALLS} by {@code operation} (open, stat, put, replace, list,
 * delete) and {@code outcome} (found, absent, created, exists, replaced, stale, done, kept, or a failure's kind in
 * lower case); the counters {@value #UPLOADED} and {@value #DOWNLOADED} in bytes, and {@value #BROKEN}, streams that
 * failed while they were read.
 */
public final class MeteredStore implements ObjectStore {
    public static final String CALLS = "pgpitr.store.calls";
    public static final String UPLOADED = "pgpitr.store.uploaded";
    public static final String DOWNLOADED = "pgpitr.store.downloaded";
    public static final String BROKEN = "pgpitr.store.broken";

    private final ObjectStore store;
    private final MeterRegistry registry;
    private final Counter uploaded;
    private final Counter downloaded;
    private final Counter broken;

    public MeteredStore(ObjectStore store, MeterRegistry registry) {
        this.store = store;
        this.registry = registry;
        this.uploaded = Counter.builder(UPLOADED).baseUnit("bytes").register(registry);
        this.downloaded = Counter.builder(DOWNLOADED).baseUnit("bytes").register(registry);
        this.broken = registry.counter(BROKEN);
    }

    private <T> T timed(String operation, Supplier<T> call, Function<T, String> outcome) {
        Timer.Sample sample = Timer.start(registry);
        String seen = "defect";
        try {
            T result = call.get();
            seen = outcome.apply(result);
            return result;
        } catch (StorageException e) {
            seen = e.kind().name().toLowerCase(Locale.ROOT);
            throw e;
        } finally {
            sample.stop(registry.timer(CALLS, "operation", operation, "outcome", seen));
        }
    }

    private static String found(Optional<?> result) {
        return result.isPresent() ? "found" : "absent";
    }

    @Override
    public Optional<InputStream> open(ObjectKey key) {
        return timed("open", () -> store.open(key), MeteredStore::found).map(this::counted);
    }

    @Override
    public Optional<InputStream> open(ObjectKey key, ByteRange range) {
        return timed("open", () -> store.open(key, range), MeteredStore::found).map(this::counted);
    }

    private InputStream counted(InputStream in) {
        return new CountedStream(in, downloaded, broken);
    }

    @Override
    public Optional<ObjectStat> stat(ObjectKey key) {
        return timed("stat", () -> store.stat(key), MeteredStore::found);
    }

    @Override
    public PutResult putIfAbsent(ObjectKey key, Content content) {
        PutResult result = timed(
                "put", () -> store.putIfAbsent(key, content), r -> r.name().toLowerCase(Locale.ROOT));
        if (result == PutResult.CREATED) {
            uploaded.increment(content.length());
        }
        return result;
    }

    @Override
    public Optional<ObjectVersion> replace(ObjectKey key, Content content, ObjectVersion expected) {
        Optional<ObjectVersion> replaced = timed(
                "replace",
                () -> store.replace(key, content, expected),
                version -> version.isPresent() ? "replaced" : "stale");
        if (replaced.isPresent()) {
            uploaded.increment(content.length());
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
        Set<ObjectKey> unused = timed(
                "list",
                () -> {
                    call.run();
                    return Set.of();
                },
                nothing -> "done");
    }

    @Override
    public Set<ObjectKey> delete(Collection<ObjectKey> keys) {
        return timed("delete", () -> store.delete(keys), survivors -> survivors.isEmpty() ? "done" : "kept");
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
