package org.pgpitr.repository;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;

/** An object's bytes, as who wrecks a repository sees and changes them. */
public final class StoredBytes {
    private StoredBytes() {}

    /** Those of an object that is there. */
    public static byte[] of(ObjectStore store, ObjectKey key) {
        try (InputStream in = store.open(key).orElseThrow()) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts an object in the place of what stands there, if anything does. */
    public static void put(ObjectStore store, ObjectKey key, byte[] bytes) {
        store.delete(List.of(key));
        store.putIfAbsent(key, Content.of(bytes));
    }
}
