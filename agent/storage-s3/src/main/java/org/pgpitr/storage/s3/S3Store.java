package org.pgpitr.storage.s3;

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

/** Objects in an S3 bucket. */
public final class S3Store implements ObjectStore {
    private final S3StoreSettings settings;

    private S3Store(S3StoreSettings settings) {
        this.settings = settings;
    }

    /** Nothing is asked of S3 before the first call. */
    public static S3Store open(S3StoreSettings settings) {
        return new S3Store(settings);
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
