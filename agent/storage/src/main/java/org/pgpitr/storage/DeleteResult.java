package org.pgpitr.storage;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What came of a deletion.
 *
 * @param refused the objects that are still there, because the store refuses to delete them; in the order of their keys
 * @param versionsKept how many objects are gone by their name while the store keeps what they held as an older version,
 *     as a bucket with versions does; as far as it tells: one that somebody else had deleted just before counts too
 */
public record DeleteResult(Map<ObjectKey, Refusal> refused, long versionsKept) {
    /** All are gone. */
    public static final DeleteResult COMPLETE = new DeleteResult(Map.of(), 0);

    public DeleteResult {
        refused = Collections.unmodifiableMap(new TreeMap<>(refused));
    }

    /** All these are still there, and were not to be deleted with these credentials. */
    public static DeleteResult denied(Collection<ObjectKey> keys) {
        Map<ObjectKey, Refusal> refused = new TreeMap<>();
        keys.forEach(key -> refused.put(key, Refusal.DENIED));
        return new DeleteResult(refused, 0);
    }

    /** Whether none is left. */
    public boolean isComplete() {
        return refused.isEmpty();
    }

    /** What is still there. */
    public Set<ObjectKey> survivors() {
        return refused.keySet();
    }

    /** Of both together. */
    public DeleteResult and(DeleteResult other) {
        Map<ObjectKey, Refusal> both = new TreeMap<>(refused);
        both.putAll(other.refused);
        return new DeleteResult(both, versionsKept + other.versionsKept);
    }
}
