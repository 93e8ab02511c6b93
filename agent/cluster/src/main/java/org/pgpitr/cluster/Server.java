package org.pgpitr.cluster;

import java.util.Collection;
import java.util.Map;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;

/**
 * A connection to a running server. One thread at a time uses it, except for {@link #close}, which may come from
 * another thread and breaks off what is under way.
 *
 * <p>Every method throws {@link org.pgpitr.error.PgpitrException} POSTGRES_UNAVAILABLE if the server can't be reached,
 * refuses, or has gone.
 */
public final class Server implements AutoCloseable {
    /**
     * Connects.
     *
     * @throws org.pgpitr.error.PgpitrException POSTGRES_UNAVAILABLE
     */
    public static Server connect(ConnectionSettings settings) {
        throw new UnsupportedOperationException();
    }

    /** Read afresh from the server. */
    public ServerFacts facts() {
        throw new UnsupportedOperationException();
    }

    /**
     * Begins a backup; waits for its checkpoint. The session holds this connection: until it is closed nothing else
     * may be asked of this server but through it.
     *
     * @param label shown in the backup's {@code backup_label}
     */
    public BackupSession startBackup(String label, CheckpointMode checkpoint) {
        throw new UnsupportedOperationException();
    }

    /**
     * On a primary: makes a restore point, then lets the server go on with the next segment.
     *
     * @param restorePointName up to {@link org.pgpitr.postgres.RestorePoint#MAX_NAME_LENGTH} bytes
     * @return the segment that holds the restore point; it is complete, so the archiver gets it now
     */
    public WalSegmentName switchWal(String restorePointName) {
        throw new UnsupportedOperationException();
    }

    /** On a primary, up to where WAL is flushed; on a standby, up to where it is replayed. */
    public Lsn currentLsn() {
        throw new UnsupportedOperationException();
    }

    /** As {@link ServerFacts#timeline}. */
    public TimelineId timeline() {
        throw new UnsupportedOperationException();
    }

    /** What the archiver has done so far. */
    public ArchiverStatus archiver() {
        throw new UnsupportedOperationException();
    }

    /**
     * Settings in {@code pg_settings}' own form and units. What the server does not know, or the role may not see, is
     * left out.
     */
    public Map<String, String> settings(Collection<String> names) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
