package org.pgpitr.storage.memory;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.pgpitr.storage.ByteRange;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ContentStream;
import org.pgpitr.storage.DeleteResult;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStat;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.ObjectVersion;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.StorageException.Kind;

/** Objects in this process's memory, gone with it. */
public final class MemoryStore implements ObjectStore {
    private record Stored(byte[] bytes, long version, Instant modified) {
        ObjectStat stat() {
            return new ObjectStat(bytes.length, objectVersion(), modified);
        }

        ObjectVersion objectVersion() {
            return new ObjectVersion(Long.toString(version));
        }
    }

    private final ConcurrentNavigableMap<ObjectKey, Stored> objects = new ConcurrentSkipListMap<>();
    private final AtomicLong versions = new AtomicLong();
    private final Clock clock;

    public MemoryStore() {
        this(Clock.systemUTC());
    }

    /** @param clock gives objects their time */
    public MemoryStore(Clock clock) {
        this.clock = clock;
    }

    @Override
    public Optional<InputStream> open(ObjectKey key) {
        return Optional.ofNullable(objects.get(key)).map(stored -> new ByteArrayInputStream(stored.bytes));
    }

    @Override
    public Optional<InputStream> open(ObjectKey key, ByteRange range) {
        return Optional.ofNullable(objects.get(key)).map(stored -> {
            int begin = (int) Math.min(range.offset(), stored.bytes.length);
            int length = (int) Math.min(range.length(), stored.bytes.length - begin);
            return new ByteArrayInputStream(stored.bytes, begin, length);
        });
    }

    @Override
    public Optional<ObjectStat> stat(ObjectKey key) {
        return Optional.ofNullable(objects.get(key)).map(Stored::stat);
    }

    @Override
    public PutResult putIfAbsent(ObjectKey key, Content content) {
        Stored stored = read(key, content);
        return objects.putIfAbsent(key, stored) == null ? PutResult.CREATED : PutResult.EXISTS;
    }

    @Override
    public Optional<ObjectVersion> replace(ObjectKey key, Content content, ObjectVersion expected) {
        Stored stored = read(key, content);
        Stored now = objects.computeIfPresent(
                key, (k, current) -> current.objectVersion().equals(expected) ? stored : current);
        return now == stored ? Optional.of(stored.objectVersion()) : Optional.empty();
    }

    private Stored read(ObjectKey key, Content content) {
        try (InputStream in = ContentStream.open(content)) {
            return new Stored(in.readAllBytes(), versions.incrementAndGet(), clock.instant());
        } catch (IOException e) {
            throw new StorageException(
                    Kind.SOURCE_FAILED, "could not store " + key + " at " + location() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void list(String prefix, ListVisitor visitor) {
        list(prefix, objects, visitor);
    }

    @Override
    public void listAfter(String prefix, ObjectKey after, ListVisitor visitor) {
        list(prefix, objects.tailMap(after, false), visitor);
    }

    private static void list(String prefix, Map<ObjectKey, Stored> ordered, ListVisitor visitor) {
        for (Map.Entry<ObjectKey, Stored> entry : ordered.entrySet()) {
            if (entry.getKey().value().startsWith(prefix)
                    && visitor.visit(entry.getKey(), entry.getValue().stat()) == ListVisitor.Next.STOP) {
                return;
            }
        }
    }

    @Override
    public DeleteResult delete(Collection<ObjectKey> keys) {
        keys.forEach(objects::remove);
        return DeleteResult.COMPLETE;
    }

    @Override
    public String location() {
        return "memory:";
    }

    @Override
    public void close() {}
}
