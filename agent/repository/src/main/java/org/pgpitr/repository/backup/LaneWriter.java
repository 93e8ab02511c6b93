package org.pgpitr.repository.backup;

import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Generation;
import org.pgpitr.storage.StorageException;

/**
 * Writes one lane of a backup: a tar stream, compressed in frames and stored in objects of up to 16 MiB while the
 * writing goes on. All the lane's objects, decrypted and concatenated in order, are a {@code .tar.zst}.
 *
 * <p>For one thread. Uses about 8 MB of native memory and up to three buffers of 16 MiB. Any method fails with the
 * {@link StorageException} or {@link PgpitrException} of an upload that failed since the last call, and with a {@link
 * CancellationException} if the thread is interrupted while it waits for an upload; the lane is lost then.
 */
public final class LaneWriter implements AutoCloseable {
    private static final byte[] ZEROS = new byte[2 * TarForm.RECORD];

    private final int lane;
    private final LaneUploads uploads;
    private final FrameCompressor frames;
    private long plainBytes;
    private long entries;
    private long left;
    private int padding;
    private boolean inEntry;
    private boolean finished;
    private boolean closed;

    /**
     * @param lane counted from 0; no two writers of a backup have the same
     * @param uploads runs the uploads, at most two at once for this lane
     */
    public LaneWriter(Generation generation, BackupId id, int lane, Executor uploads) {
        this.lane = lane;
        this.uploads = new LaneUploads(generation, id, lane, uploads);
        this.frames = new FrameCompressor(generation.codec(), this.uploads);
    }

    /**
     * Begins an entry. A file's bytes follow by {@link #write}, exactly as many as its size says; then {@link #end}.
     *
     * @param header its digest and position are not looked at
     * @return where the entry begins, for the manifest
     */
    public LanePosition begin(ManifestEntry header) {
        if (inEntry || finished || closed) {
            throw new IllegalStateException("an entry begins before the last one ended, or behind the lane's end");
        }
        uploads.check();
        LanePosition position = frames.position(lane);
        byte[] records = TarForm.header(header);
        put(records, 0, records.length);
        inEntry = true;
        left = header.size();
        padding = TarForm.padding(left);
        entries++;
        return position;
    }

    /** The next bytes of the entry; they are copied. */
    public void write(byte[] bytes, int offset, int length) {
        if (closed) {
            throw new IllegalStateException("the lane is closed");
        }
        if (length > left) {
            throw new IllegalStateException((length - left) + " bytes more than the entry's size");
        }
        left -= length;
        put(bytes, offset, length);
    }

    /** Ends the entry. */
    public void end() {
        if (!inEntry || left > 0 || closed) {
            throw new IllegalStateException(inEntry ? left + " bytes less than the entry's size" : "no entry");
        }
        put(ZEROS, 0, padding);
        inEntry = false;
    }

    private void put(byte[] bytes, int offset, int length) {
        frames.write(bytes, offset, length);
        plainBytes += length;
    }

    /** How long the tar stream is by now. */
    public long plainBytes() {
        return plainBytes;
    }

    /** Ends the tar stream and waits until all of it is stored. */
    public LaneTotals finish() {
        if (inEntry || finished || closed) {
            throw new IllegalStateException("the lane ends within an entry, or once more");
        }
        put(ZEROS, 0, ZEROS.length);
        int objects = frames.finish();
        long storedBytes = uploads.await();
        finished = true;
        return new LaneTotals(lane, objects, entries, plainBytes, storedBytes);
    }

    /** Without {@link #finish} before, gives the lane up: uploads are stopped, what is stored already is garbage. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (!finished) {
            uploads.cancel();
        }
        frames.close();
    }
}
