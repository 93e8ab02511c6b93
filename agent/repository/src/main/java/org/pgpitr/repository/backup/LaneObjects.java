package org.pgpitr.repository.backup;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Generation;
import org.pgpitr.storage.ObjectKey;

/**
 * Fetches the objects of one lane in order, some of them ahead of need so that a distant store's latency is hidden,
 * and decrypts them. For one thread.
 */
final class LaneObjects implements AutoCloseable {
    private static final int AHEAD = 2;

    /** The beginning of {@code bytes}, an object as it was before encryption. */
    record Fetched(ObjectKey key, byte[] bytes, int length) {}

    private final Generation generation;
    private final BackupId id;
    private final int lane;
    private final int end;
    private final Executor executor;
    private final Deque<FutureTask<Fetched>> ahead = new ArrayDeque<>();
    /** Buffers to be used again. */
    private final Deque<byte[]> free = new ConcurrentLinkedDeque<>();

    private int nextToAsk;

    LaneObjects(Generation generation, BackupId id, LaneTotals lane, Executor executor) {
        this(generation, id, lane.lane(), 0, lane.objects(), executor);
    }

    /** Those from {@code begin} to before {@code end}. */
    LaneObjects(Generation generation, BackupId id, int lane, int begin, int end, Executor executor) {
        this.generation = generation;
        this.id = id;
        this.lane = lane;
        this.nextToAsk = begin;
        this.end = end;
        this.executor = executor;
    }

    /** The next object, or null behind the last one. */
    Fetched next() {
        while (ahead.size() < AHEAD && nextToAsk < end) {
            int sequence = nextToAsk++;
            FutureTask<Fetched> task = new FutureTask<>(() -> fetch(sequence));
            ahead.add(task);
            executor.execute(task);
        }
        FutureTask<Fetched> first = ahead.poll();
        if (first == null) {
            return null;
        }
        try {
            return first.get();
        } catch (InterruptedException e) {
            first.cancel(true);
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while objects are being read");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Takes back an object's buffer. */
    void release(Fetched object) {
        free.add(object.bytes());
    }

    private Fetched fetch(int sequence) {
        ObjectKey key = generation.layout().data(id.value(), lane, sequence);
        InputStream opened = generation
                .store()
                .open(key)
                .orElseThrow(() -> new PgpitrException(
                        ExitCode.CORRUPT,
                        "object " + key + " of backup " + id + " is missing",
                        "restore from another backup; see `pgpitr list`"));
        try (InputStream plain = generation.codec().unseal(key, opened)) {
            return readFully(key, plain);
        } catch (IOException e) {
            throw StoredContent.brokenOff(generation.store(), key, e);
        }
    }

    private Fetched readFully(ObjectKey key, InputStream in) throws IOException {
        byte[] buffer = free.poll();
        if (buffer == null) {
            buffer = new byte[LaneUploads.OBJECT_BYTES + (64 << 10)];
        }
        int length = 0;
        while (true) {
            if (Thread.interrupted()) {
                throw new InterruptedIOException("interrupted");
            }
            int n = in.read(buffer, length, buffer.length - length);
            if (n < 0) {
                return new Fetched(key, buffer, length);
            }
            length += n;
            if (length == buffer.length) {
                buffer = Arrays.copyOf(buffer, Math.addExact(length, length / 2));
            }
        }
    }

    static PgpitrException damaged(ObjectKey key, BackupId id, Exception cause) {
        return new PgpitrException(
                ExitCode.CORRUPT,
                "object " + key + " of backup " + id + " is damaged: " + cause.getMessage(),
                "restore from another backup; see `pgpitr list`",
                cause);
    }

    @Override
    public void close() {
        ahead.forEach(task -> task.cancel(true));
    }
}
