package org.pgpitr.service.init;

import java.util.Optional;
import java.util.Set;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.DeleteResult;
import org.pgpitr.storage.ForwardingStore;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStat;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.ObjectVersion;

/** Overwrites whatever the conditions say, as some S3 look-alikes do. */
public final class CarelessStore extends ForwardingStore {
    public CarelessStore(ObjectStore store) {
        super(store);
    }

    @Override
    public PutResult putIfAbsent(ObjectKey key, Content content) {
        DeleteResult unused = store.delete(Set.of(key));
        return store.putIfAbsent(key, content);
    }

    @Override
    public Optional<ObjectVersion> replace(ObjectKey key, Content content, ObjectVersion expected) {
        PutResult unused = putIfAbsent(key, content);
        return store.stat(key).map(ObjectStat::version);
    }

    @Override
    public void close() {}
}
