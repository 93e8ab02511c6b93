package org.pgpitr.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.pgpitr.storage.ObjectStore.PutResult;
import org.pgpitr.storage.StorageException.Kind;

/** Tries with a small object of its own whether a store decides races as the contract wants it. */
public final class ConditionalWriteProbe {
    /** What a store does with a condition on a write. */
    public enum Honoured {
        YES,
        /** It writes all the same. */
        IGNORED,
        /** It answers that it can't. */
        REFUSED
    }

    /** What happens to objects that are to be deleted. */
    public enum Deletion {
        ALLOWED,
        /** Append-only credentials or an object lock: a choice, not a fault. */
        REFUSED
    }

    /**
     * What was found.
     *
     * @param ifAbsent creating only what does not exist
     * @param compareAndSwap replacing only what has not changed
     * @param deletion of the probe's own object, which stays where this is refused
     */
    public record Findings(Honoured ifAbsent, Honoured compareAndSwap, Deletion deletion) {
        /** Whether the store can be trusted to decide between two hosts. */
        public boolean conditionalWritesHonoured() {
            return ifAbsent == Honoured.YES && compareAndSwap == Honoured.YES;
        }
    }

    private final ObjectStore store;
    private final ObjectKey key;

    private ConditionalWriteProbe(ObjectStore store, ObjectKey key) {
        this.store = store;
        this.key = key;
    }

    /**
     * Creates, tries to create again, replaces, tries to replace the replaced version, deletes.
     *
     * @param key of the object to try with; not used by anybody else at the same time. It may exist, from an earlier
     *     probe that was not allowed to delete it.
     * @throws StorageException as the store's methods do: the store can't be written to, or not be read
     */
    public static Findings run(ObjectStore store, ObjectKey key) {
        ConditionalWriteProbe probe = new ConditionalWriteProbe(store, key);
        Honoured ifAbsent = probe.ifAbsent();
        Honoured compareAndSwap = ifAbsent == Honoured.REFUSED ? Honoured.REFUSED : probe.compareAndSwap();
        boolean deleted = store.delete(Set.of(key)).isComplete();
        return new Findings(ifAbsent, compareAndSwap, deleted ? Deletion.ALLOWED : Deletion.REFUSED);
    }

    private Honoured ifAbsent() {
        try {
            PutResult unused = store.putIfAbsent(key, unique().content());
            Probe second = unique();
            PutResult result = store.putIfAbsent(key, second.content());
            return result == PutResult.EXISTS && !isStored(second) ? Honoured.YES : Honoured.IGNORED;
        } catch (StorageException e) {
            return refused(e);
        }
    }

    private Honoured compareAndSwap() {
        try {
            ObjectVersion first = version();
            Probe second = unique();
            Optional<ObjectVersion> replaced = store.replace(key, second.content(), first);
            if (replaced.isEmpty() || !isStored(second)) {
                return Honoured.IGNORED;
            }
            Probe third = unique();
            boolean swappedStale = store.replace(key, third.content(), first).isPresent() || isStored(third);
            return swappedStale || !replaced.get().equals(version()) ? Honoured.IGNORED : Honoured.YES;
        } catch (StorageException e) {
            return refused(e);
        }
    }

    private static Honoured refused(StorageException e) {
        if (e.kind() != Kind.UNSUPPORTED) {
            throw e;
        }
        return Honoured.REFUSED;
    }

    private ObjectVersion version() {
        return store.stat(key).map(ObjectStat::version).orElseThrow(this::vanished);
    }

    private boolean isStored(Probe probe) {
        try (InputStream in = store.open(key).orElseThrow(this::vanished)) {
            return Arrays.equals(in.readAllBytes(), probe.bytes);
        } catch (IOException e) {
            throw new StorageException(
                    Kind.UNAVAILABLE, "could not read " + key + " at " + store.location() + ": " + e.getMessage(), e);
        }
    }

    private StorageException vanished() {
        return new StorageException(
                Kind.OTHER, "the object " + key + " at " + store.location() + " vanished right after it was stored");
    }

    private record Probe(byte[] bytes) {
        Content content() {
            return Content.of(bytes);
        }
    }

    private static Probe unique() {
        return new Probe(UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII));
    }
}
