package org.pgpitr.service.expire;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.pgpitr.storage.DeleteResult;
import org.pgpitr.storage.ForwardingStore;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.Refusal;

/** Does not delete some objects, and lets a test act just before each deletion. */
final class RefusingStore extends ForwardingStore {
    private final Predicate<ObjectKey> refused;
    private final Refusal why;
    private final Runnable beforeDeletion;

    RefusingStore(ObjectStore store, Predicate<ObjectKey> refused, Runnable beforeDeletion) {
        this(store, refused, Refusal.DENIED, beforeDeletion);
    }

    RefusingStore(ObjectStore store, Predicate<ObjectKey> refused, Refusal why, Runnable beforeDeletion) {
        super(store);
        this.refused = refused;
        this.why = why;
        this.beforeDeletion = beforeDeletion;
    }

    @Override
    public DeleteResult delete(Collection<ObjectKey> keys) {
        beforeDeletion.run();
        List<ObjectKey> allowed = keys.stream().filter(refused.negate()).toList();
        Map<ObjectKey, Refusal> survivors = new LinkedHashMap<>();
        keys.stream()
                .filter(refused)
                .filter(key -> store.stat(key).isPresent())
                .forEach(key -> survivors.put(key, why));
        return store.delete(allowed).and(new DeleteResult(survivors, 0));
    }
}
