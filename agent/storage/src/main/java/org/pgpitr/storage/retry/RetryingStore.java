package org.pgpitr.storage.retry;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.pgpitr.storage.ByteRange;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ContentStream;
import org.pgpitr.storage.DeleteResult;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStat;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.ObjectVersion;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.StorageException.Kind;

/**
 * Repeats calls that failed retryably, and resolves what an earlier attempt, whose response was lost, may have done:
 * a put that then finds the object there compares it byte by byte, and says CREATED if it is its own; a replace whose
 * content is there says so. (So contents that are replaced must tell their writers apart, as leases do.)
 *
 * <p>A stream that breaks is resumed at the position reached. The first {@value #HEAD} bytes come from one response,
 * so a short object that is replaced meanwhile is never read in a mixture. An interrupted thread gets no further
 * attempt.
 */
public final class RetryingStore implements ObjectStore {
    private static final int HEAD = 64 * 1024;

    private final ObjectStore store;
    private final RetryPolicy policy;
    private final Attempts attempts;

    public RetryingStore(ObjectStore store, RetryPolicy policy) {
        this.store = store;
        this.policy = policy;
        this.attempts = new Attempts(policy);
    }

    @Override
    public Optional<InputStream> open(ObjectKey key) {
        return resuming(key, new ByteRange(0, Long.MAX_VALUE), () -> store.open(key));
    }

    @Override
    public Optional<InputStream> open(ObjectKey key, ByteRange range) {
        return resuming(key, range, () -> store.open(key, range));
    }

    private Optional<InputStream> resuming(ObjectKey key, ByteRange range, Opening opening) {
        return opened(key, opening)
                .map(in -> in instanceof ByteArrayInputStream
                        ? in
                        : new ResumingStream(
                                key, in, range, rest -> opened(key, () -> store.open(key, rest)), policy.attempts()));
    }

    @FunctionalInterface
    private interface Opening {
        Optional<InputStream> open();
    }

    private Optional<InputStream> opened(ObjectKey key, Opening opening) {
        return attempts.run(() -> opening.open().map(in -> withHead(key, in)));
    }

    /** The stream with its first bytes read; if these are all, they are in memory and the stream is closed. */
    private InputStream withHead(ObjectKey key, InputStream in) {
        try {
            byte[] head = in.readNBytes(HEAD);
            if (head.length == HEAD) {
                return new SequenceInputStream(new ByteArrayInputStream(head), in);
            }
            in.close();
            return new ByteArrayInputStream(head);
        } catch (IOException e) {
            throw broken("read", key, in, e);
        }
    }

    private StorageException broken(String verb, ObjectKey key, InputStream in, IOException e) {
        try {
            in.close();
        } catch (IOException closing) {
            e.addSuppressed(closing);
        }
        Kind kind = Thread.currentThread().isInterrupted() ? Kind.INTERRUPTED : Kind.UNAVAILABLE;
        return new StorageException(
                kind, "could not " + verb + " " + key + " at " + location() + ": " + e.getMessage(), e);
    }

    @Override
    public Optional<ObjectStat> stat(ObjectKey key) {
        return attempts.run(() -> store.stat(key));
    }

    @Override
    public PutResult putIfAbsent(ObjectKey key, Content content) {
        LostResponse lost = new LostResponse();
        return attempts.run(() -> {
            PutResult result = lost.watch(() -> store.putIfAbsent(key, content));
            return result == PutResult.EXISTS && lost.isPossible() && holds(key, content) ? PutResult.CREATED : result;
        });
    }

    @Override
    public Optional<ObjectVersion> replace(ObjectKey key, Content content, ObjectVersion expected) {
        LostResponse lost = new LostResponse();
        return attempts.run(() -> {
            Optional<ObjectVersion> replaced = lost.watch(() -> store.replace(key, content, expected));
            return replaced.isEmpty() && lost.isPossible() ? versionIfHolding(key, content) : replaced;
        });
    }

    /** The version that has this content, if it is the one that is there before and after looking. */
    private Optional<ObjectVersion> versionIfHolding(ObjectKey key, Content content) {
        Optional<ObjectVersion> before = store.stat(key).map(ObjectStat::version);
        if (before.isEmpty() || !holds(key, content)) {
            return Optional.empty();
        }
        return store.stat(key).map(ObjectStat::version).filter(before.get()::equals);
    }

    private boolean holds(ObjectKey key, Content content) {
        Optional<InputStream> stored = store.open(key);
        if (stored.isEmpty()) {
            return false;
        }
        try (InputStream in = stored.get()) {
            return SameContent.isIn(in, content);
        } catch (ContentStream.SourceFailure e) {
            throw new StorageException(
                    Kind.SOURCE_FAILED, "could not store " + key + " at " + location() + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw broken("compare", key, stored.get(), e);
        }
    }

    @Override
    public void list(String prefix, ListVisitor visitor) {
        new RetryingListing(store, attempts, prefix, visitor).run();
    }

    @Override
    public void listAfter(String prefix, ObjectKey after, ListVisitor visitor) {
        new RetryingListing(store, attempts, prefix, visitor).runAfter(after);
    }

    @Override
    public DeleteResult delete(Collection<ObjectKey> keys) {
        List<ObjectKey> all = List.copyOf(keys);
        return attempts.run(() -> store.delete(all));
    }

    @Override
    public String location() {
        return store.location();
    }

    @Override
    public void close() {
        store.close();
    }
}
