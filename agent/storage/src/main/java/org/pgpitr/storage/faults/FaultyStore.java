package org.pgpitr.storage.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.pgpitr.storage.ByteRange;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.DeleteResult;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStat;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.ObjectVersion;
import org.pgpitr.storage.StorageException;

/**
 * Fails at the calls that a {@link FaultPlan} names, and passes all others on. A sweep runs its work once with {@link
 * FaultPlan#none()} and reads from {@link FaultPlan#calls()} how many calls there are to fail.
 */
public final class FaultyStore implements ObjectStore {
    private final ObjectStore store;
    private final FaultPlan plan;

    public FaultyStore(ObjectStore store, FaultPlan plan) {
        this.store = store;
        this.plan = plan;
    }

    @Override
    public Optional<InputStream> open(ObjectKey key) {
        return read(key, () -> store.open(key));
    }

    @Override
    public Optional<InputStream> open(ObjectKey key, ByteRange range) {
        return read(key, () -> store.open(key, range));
    }

    private Optional<InputStream> read(ObjectKey key, Supplier<Optional<InputStream>> call) {
        return switch (plan.next(StoreOperation.OPEN)) {
            case NONE -> call.get();
            case MIDWAY -> call.get().map(FaultyStore::half);
            case BEFORE, AFTER -> throw failure(StoreOperation.OPEN, key.toString());
        };
    }

    private static InputStream half(InputStream whole) {
        try (whole) {
            byte[] bytes = whole.readAllBytes();
            return new BrokenStream(bytes, bytes.length / 2);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Optional<ObjectStat> stat(ObjectKey key) {
        return run(StoreOperation.STAT, key.toString(), () -> store.stat(key));
    }

    @Override
    public PutResult putIfAbsent(ObjectKey key, Content content) {
        return run(StoreOperation.PUT, key.toString(), () -> store.putIfAbsent(key, content));
    }

    @Override
    public Optional<ObjectVersion> replace(ObjectKey key, Content content, ObjectVersion expected) {
        return run(StoreOperation.REPLACE, key.toString(), () -> store.replace(key, content, expected));
    }

    @Override
    public void list(String prefix, ListVisitor visitor) {
        list(prefix, visitor, shown -> store.list(prefix, shown));
    }

    @Override
    public void listAfter(String prefix, ObjectKey after, ListVisitor visitor) {
        list(prefix, visitor, shown -> store.listAfter(prefix, after, shown));
    }

    private void list(String prefix, ListVisitor visitor, Consumer<ListVisitor> call) {
        switch (plan.next(StoreOperation.LIST)) {
            case NONE -> call.accept(visitor);
            case BEFORE -> throw failure(StoreOperation.LIST, prefix);
            case MIDWAY -> {
                call.accept((key, stat) -> {
                    visitor.visit(key, stat);
                    return ListVisitor.Next.STOP;
                });
                throw failure(StoreOperation.LIST, prefix);
            }
            case AFTER -> {
                call.accept(visitor);
                throw failure(StoreOperation.LIST, prefix);
            }
        }
    }

    @Override
    public DeleteResult delete(Collection<ObjectKey> keys) {
        return switch (plan.next(StoreOperation.DELETE)) {
            case NONE -> store.delete(keys);
            case BEFORE -> throw failure(StoreOperation.DELETE, keys.toString());
            case MIDWAY -> {
                store.delete(keys.stream().limit((keys.size() + 1) / 2).toList());
                throw failure(StoreOperation.DELETE, keys.toString());
            }
            case AFTER -> {
                store.delete(keys);
                throw failure(StoreOperation.DELETE, keys.toString());
            }
        };
    }

    /** A put that breaks midway has no effect, as one that fails before. */
    private <T> T run(StoreOperation operation, String what, Supplier<T> call) {
        return switch (plan.next(operation)) {
            case NONE -> call.get();
            case BEFORE, MIDWAY -> throw failure(operation, what);
            case AFTER -> {
                T lost = call.get();
                throw failure(operation, what + " (" + lost + ")");
            }
        };
    }

    private StorageException failure(StoreOperation operation, String what) {
        return new StorageException(
                plan.kind(),
                "could not " + operation.verb() + " " + what + " at " + location() + ": failed on purpose");
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
