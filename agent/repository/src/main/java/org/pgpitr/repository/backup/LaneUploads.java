package org.pgpitr.repository.backup;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.Generation;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;

/**
 * Stores the objects of one lane while the next one is being filled. At most {@link #IN_FLIGHT} are under way; then the
 * lane waits. Used by the lane's one worker, but for the uploads themselves.
 */
final class LaneUploads {
    static final int IN_FLIGHT = 2;
    /** What an object can hold before encryption. One PUT from memory, whatever the store. */
    static final int OBJECT_BYTES = 16 << 20;

    private final Generation generation;
    private final BackupId id;
    private final int lane;
    private final Executor executor;
    /** Buffers to be filled again: at most one more than there are slots. */
    private final Queue<byte[]> free = new ConcurrentLinkedQueue<>();

    private final Semaphore slots = new Semaphore(IN_FLIGHT);

    private final List<FutureTask<?>> underWay = new ArrayList<>();
    private final AtomicLong storedBytes = new AtomicLong();
    private volatile RuntimeException failure;

    LaneUploads(Generation generation, BackupId id, int lane, Executor executor) {
        this.generation = generation;
        this.id = id;
        this.lane = lane;
        this.executor = executor;
    }

    /** A buffer to fill, of {@link #OBJECT_BYTES}. */
    byte[] takeBuffer() {
        check();
        byte[] buffer = free.poll();
        return buffer == null ? new byte[OBJECT_BYTES] : buffer;
    }

    /** Stores the beginning of a buffer that {@link #takeBuffer} gave; waits while enough others are under way. */
    void submit(byte[] buffer, int length, int sequence) {
        try {
            slots.acquire();
        } catch (InterruptedException e) {
            throw interrupted();
        }
        check();
        underWay.removeIf(FutureTask::isDone);
        FutureTask<?> task = new FutureTask<>(() -> upload(buffer, length, sequence), null);
        underWay.add(task);
        executor.execute(task);
    }

    /** Gives buffer and slot back however it ends. */
    private void upload(byte[] buffer, int length, int sequence) {
        try {
            if (failure == null) {
                store(generation.layout().data(id.value(), lane, sequence), buffer, length);
            }
        } catch (RuntimeException e) {
            failure = e;
        } catch (Error e) {
            failure = new IllegalStateException("storing an object of lane " + lane + " failed: " + e, e);
            throw e;
        } finally {
            slots.release();
        }
    }

    private void store(ObjectKey key, byte[] buffer, int length) {
        if (generation.codec().encryption() == Encryption.NONE) {
            try {
                put(key, Content.of(buffer, 0, length));
            } finally {
                free.add(buffer);
            }
            return;
        }
        Content sealed;
        try {
            sealed = generation.codec().seal(buffer, 0, length);
        } finally {
            // the sealed bytes are a copy, so the next object can be filled while they are stored
            free.add(buffer);
        }
        put(key, sealed);
    }

    private void put(ObjectKey key, Content content) {
        if (generation.store().putIfAbsent(key, content) == ObjectStore.PutResult.EXISTS
                && !StoredContent.isSame(generation.store(), key, content)) {
            throw new PgpitrException(
                    ExitCode.LOCKED,
                    "object " + key + " exists already with other content: another process is taking backup " + id,
                    "wait until it has ended, then run the backup again");
        }
        storedBytes.addAndGet(content.length());
    }

    /** Waits for all uploads; returns the bytes stored. */
    long await() {
        for (FutureTask<?> task : underWay) {
            try {
                task.get();
            } catch (InterruptedException e) {
                throw interrupted();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }
        check();
        return storedBytes.get();
    }

    /** Stops what is under way; nothing more is stored. */
    void cancel() {
        if (failure == null) {
            failure = new CancellationException("lane " + lane + " of backup " + id + " was given up");
        }
        underWay.forEach(task -> task.cancel(true));
    }

    /** Fails if an upload did. */
    void check() {
        RuntimeException failed = failure;
        if (failed != null) {
            throw failed;
        }
    }

    private static CancellationException interrupted() {
        Thread.currentThread().interrupt();
        return new CancellationException("interrupted while objects are being stored");
    }
}
