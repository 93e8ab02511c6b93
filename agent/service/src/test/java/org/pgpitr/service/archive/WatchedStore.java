package org.pgpitr.service.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.pgpitr.storage.ForwardingStore;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;

/** Lets a test look around at each read of an object. */
final class WatchedStore extends ForwardingStore {
    private final Runnable look;

    WatchedStore(ObjectStore store, Runnable look) {
        super(store);
        this.look = look;
    }

    @Override
    public Optional<InputStream> open(ObjectKey key) {
        return store.open(key).map(in -> new FilterInputStream(in) {
            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                look.run();
                return super.read(bytes, offset, length);
            }
        });
    }
}
