package org.pgpitr.postgres;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Writes PostgreSQL's own {@code backup_manifest}, so that {@code pg_verifybackup} accepts a restored data directory
 * ({@code src/backend/backup/backup_manifest.c}). Streams: a file is written as it is told.
 */
public final class BackupManifestFile implements Closeable {
    /** The file's path in a data directory. */
    public static final String PATH = "backup_manifest";

    /**
     * WAL that a recovery of the backup needs.
     *
     * @param end the first position behind it
     */
    public record WalRange(TimelineId timeline, Lsn start, Lsn end) {}

    /** @param out is closed by {@link #close}, not before */
    public BackupManifestFile(OutputStream out, PostgresMajor major, SystemIdentifier systemIdentifier) {
        throw new UnsupportedOperationException();
    }

    /**
     * Adds a regular file.
     *
     * @param path relative to the data directory, parted by {@code /}
     * @param size in bytes
     * @param sha256 64 lower-case hexadecimal digits; empty if it is not known
     */
    public void file(String path, long size, Instant modified, Optional<String> sha256) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** As {@link #file(String, long, Instant, Optional)}, for a name whose bytes may be no UTF-8. */
    public void file(byte[] path, long size, Instant modified, Optional<String> sha256) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Ends the manifest: nothing can be added after it. Without it the file is no manifest. */
    public void finish(List<WalRange> wal) throws IOException {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() throws IOException {
        throw new UnsupportedOperationException();
    }
}
