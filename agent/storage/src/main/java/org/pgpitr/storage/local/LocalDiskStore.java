package org.pgpitr.storage.local;

import java.io.InputStream;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import org.pgpitr.storage.ByteRange;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStat;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.ObjectVersion;

/** Objects as files beneath a root folder. */
public final class LocalDiskStore implements ObjectStore {
    private final java.nio.file.Path root;

    public LocalDiskStore(java.nio.file.Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    /** Makes the root folder (and its parents) if it does not exist. */
    public static LocalDiskStore create(java.nio.file.Path root) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<InputStream> open(ObjectKey key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<InputStream> open(ObjectKey key, ByteRange range) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<ObjectStat> stat(ObjectKey key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public PutResult putIfAbsent(ObjectKey key, Content content) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<ObjectVersion> replace(ObjectKey key, Content content, ObjectVersion expected) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void list(String prefix, ListVisitor visitor) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void listAfter(String prefix, ObjectKey after, ListVisitor visitor) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Set<ObjectKey> delete(Collection<ObjectKey> keys) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String location() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
