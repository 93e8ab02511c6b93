package org.pgpitr.service.expire;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.pgpitr.storage.ForwardingStore;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;

/** Does not delete some objects, and lets a test act just before each deletion. */
final class RefusingStore extends ForwardingStore {
    private final Predicate<ObjectKey> refused;
    private final Runnable beforeDeletion;

    RefusingStore(ObjectStore store, Predicate<ObjectKey> refused, Runnable beforeDeletion) {
        super(store);
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
}
