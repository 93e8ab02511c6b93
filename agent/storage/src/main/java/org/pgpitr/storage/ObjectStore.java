package org.pgpitr.storage;

import java.io.InputStream;
import java.util.Collection;
import java.util.Optional;

/**
 * A flat map from keys to bytes whose objects appear whole or not at all. Objects are written once; only leases are
 * replaced, by compare-and-swap.
 *
 * <p>Every method throws {@link StorageException} when the store can't answer or refuses to; none of them ever turns
 * that into "absent". All methods may be called from several threads at once.
 */
public interface ObjectStore extends AutoCloseable {
    /** What {@link #putIfAbsent} found. */
    enum PutResult {
        /** The object did not exist and is durable now. */
        CREATED,
        /** An object of that key existed already and is untouched. Its content may or may not be the same. */
        EXISTS
    }

    /**
     * Opens an object for reading. The stream fails with an {@link java.io.IOException} if the object can't be
     * delivered to its end; it never ends early without one.
     *
     * @return the bytes; empty if the store says that there is no such object. The caller closes the stream.
     */
    Optional<InputStream> open(ObjectKey key);

    /**
     * Opens a part of an object.
     *
     * @param range may reach behind the object's end; what lies there is left out. A range that begins at or behind
     *     the end gives an empty stream.
     * @return as {@link #open(ObjectKey)}
     */
    Optional<InputStream> open(ObjectKey key, ByteRange range);

    /** Length, version and time of an object; empty if the store says that there is no such object. */
    Optional<ObjectStat> stat(ObjectKey key);

    /**
     * Creates an object unless one of that key exists. Of several callers at once at most one gets {@link
     * PutResult#CREATED}, also across hosts. May be repeated after a failure: the failed call may have taken effect,
     * so {@link PutResult#EXISTS} then can mean one's own object, which the caller resolves by comparing contents.
     * Either result is durable: what {@link PutResult#EXISTS} speaks of survives a crash of the store as well.
     *
     * <p>A content that fails midway, or has fewer or more bytes than it announced, publishes nothing ({@link
     * StorageException.Kind#SOURCE_FAILED}). No object may stand where another one has its folder ({@code a} beside
     * {@code a/b}): local disks can't hold both.
     */
    PutResult putIfAbsent(ObjectKey key, Content content);

    /**
     * Replaces an object if it still is what the caller read; for small mutable heads (leases) only.
     *
     * @param expected the version that {@link #stat} gave
     * @return the new version; empty if the object is gone or has another version by now, and nothing was changed
     */
    Optional<ObjectVersion> replace(ObjectKey key, Content content, ObjectVersion expected);

    /**
     * Shows every object whose key begins with {@code prefix}, in the order of the keys' UTF-8 bytes. Objects that
     * come or go meanwhile may or may not be shown.
     *
     * @param prefix may be empty, and need not end at a slash
     */
    void list(String prefix, ListVisitor visitor);

    /**
     * As {@link #list(String, ListVisitor)}, but begins behind a key; nothing before it is read.
     *
     * @param after the last key not to be shown; it need not exist
     */
    void listAfter(String prefix, ObjectKey after, ListVisitor visitor);

    /**
     * Deletes objects; an absent one counts as deleted.
     *
     * @return which are still there because the store refuses to delete them, such as under an object lock or with
     *     append-only credentials
     */
    DeleteResult delete(Collection<ObjectKey> keys);

    /** Where this is, as a URL for people; never with credentials. */
    String location();

    @Override
    void close();

    /** Takes the objects of a listing one by one. */
    @FunctionalInterface
    interface ListVisitor {
        /** Whether to go on with the listing. */
        enum Next {
            CONTINUE,
            STOP
        }

        Next visit(ObjectKey key, ObjectStat stat);
    }
}
