package org.pgpitr.repository.backup;

import java.util.function.Consumer;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ForwardingStore;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;

/** A process that stands still just before it stores a manifest, while something else happens in the store. */
final class Suspended extends ForwardingStore {
    private final Consumer<ObjectStore> meanwhile;

    Suspended(ObjectStore store, Consumer<ObjectStore> meanwhile) {
        super(store);
        this.meanwhile = meanwhile;
    }

    @Override
    public PutResult putIfAbsent(ObjectKey key, Content content) {
        if (key.lastPart().startsWith("manifest.")) {
            meanwhile.accept(store);
        }
        return store.putIfAbsent(key, content);
    }
}
