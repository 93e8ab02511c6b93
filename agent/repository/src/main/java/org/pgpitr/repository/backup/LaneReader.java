package org.pgpitr.repository.backup;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Generation;
import org.pgpitr.storage.StorageException;

/**
 * Reads one lane of a backup, entry by entry in the order they were written, while the next objects are being fetched.
 * Each zstd frame's checksum is verified; that a file is the one of the manifest is for the caller to verify by its
 * SHA-256.
 *
 * <p>For one thread. Uses about 6 MB of native memory and up to three buffers of 16 MiB. Any method fails with a {@link
 * StorageException} if the store does not deliver; with a {@link PgpitrException} CORRUPT that names the object if one
 * is missing or damaged, NO_KEY if it can't be decrypted; and with a {@link CancellationException} if the thread is
 * interrupted.
 */
public final class LaneReader implements AutoCloseable {
    private final BackupId id;
    private final LaneTotals totals;
    private final LaneStream stream;
    private final TarArchiveInputStream tar;
    private long entries;
    private boolean closed;

    /**
     * @param lane what the manifest says of it
     * @param readAhead fetches objects, at most two at once for this lane
     */
    public LaneReader(Generation generation, BackupId id, LaneTotals lane, Executor readAhead) {
        this.id = id;
        this.totals = lane;
        this.stream = new LaneStream(new LaneObjects(generation, id, lane, readAhead), id);
        this.tar = new TarArchiveInputStream(stream, TarForm.RECORD, TarForm.RECORD, TarForm.NAMES);
    }

    /**
     * Goes to the next entry; what is left of the one before is passed over.
     *
     * @return the entry, without digest and position; empty behind the last one, when the lane has proved to be
     *     complete
     */
    public Optional<ManifestEntry> next() {
        requireOpen();
        try {
            TarArchiveEntry entry = tar.getNextEntry();
            if (entry != null) {
                entries++;
                return Optional.of(TarForm.entry(entry));
            }
            drain();
        } catch (IOException | IllegalArgumentException e) {
            throw damaged(e);
        }
        if (entries != totals.entries() || stream.plainBytes() != totals.plainBytes()) {
            throw new PgpitrException(
                    ExitCode.CORRUPT,
                    "lane " + totals.lane() + " of backup " + id + " has " + entries + " entries in "
                            + stream.plainBytes() + " bytes, the manifest says " + totals.entries() + " in "
                            + totals.plainBytes(),
                    "restore from another backup; see `pgpitr list`");
        }
        return Optional.empty();
    }

    /** Behind the last entry there is nothing but the objects' checksums to be verified. */
    private void drain() throws IOException {
        byte[] rest = new byte[1 << 16];
        while (true) {
            int n = stream.read(rest, 0, rest.length);
            if (n < 0) {
                return;
            }
            for (int i = 0; i < n; i++) {
                if (rest[i] != 0) {
                    throw new IOException("there are data behind the tar stream's end");
                }
            }
        }
    }

    /**
     * Reads on in the entry.
     *
     * @return how many bytes were read, at least 1; -1 at the entry's end
     */
    public int read(byte[] bytes, int offset, int length) {
        requireOpen();
        try {
            return tar.read(bytes, offset, length);
        } catch (IOException e) {
            throw damaged(e);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the lane is closed");
        }
    }

    private PgpitrException damaged(Exception e) {
        return new PgpitrException(
                ExitCode.CORRUPT,
                "lane " + totals.lane() + " of backup " + id + " is damaged near object " + stream.objectName() + ": "
                        + e.getMessage(),
                "restore from another backup; see `pgpitr list`",
                e);
    }

    /** Stops the reading ahead. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        stream.close();
    }
}
