package org.pgpitr.repository.backup;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.StorageException;

/** Tells one's own object, stored by a call whose answer was lost, from another's. */
final class StoredContent {
    private static final int CHUNK = 1 << 16;

    private StoredContent() {}

    /** Whether the object's bytes are those of {@code content}. */
    static boolean isSame(ObjectStore store, ObjectKey key, Content content) {
        Optional<InputStream> opened = store.open(key);
        if (opened.isEmpty()) {
            return false;
        }
        try (InputStream stored = opened.get();
                InputStream ours = content.open()) {
            byte[] chunk;
            do {
                chunk = stored.readNBytes(CHUNK);
                if (!Arrays.equals(chunk, ours.readNBytes(CHUNK))) {
                    return false;
                }
            } while (chunk.length > 0);
            return true;
        } catch (IOException e) {
            throw brokenOff(store, key, e);
        }
    }

    static StorageException brokenOff(ObjectStore store, ObjectKey key, IOException e) {
        return new StorageException(
                StorageException.Kind.UNAVAILABLE,
                "reading " + key + " at " + store.location() + " broke off: " + e.getMessage(),
                e);
    }
}
