package org.pgpitr.cluster;

import java.time.Instant;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;

/**
 * A backup that the server knows of, bound to one session. {@link #close} without {@link #stop} aborts it: the server
 * leaves backup mode, nothing remains of it.
 */
public final class BackupSession implements AutoCloseable {
    /** Where replay of the backup has to begin. */
    public Lsn startLsn() {
        throw new UnsupportedOperationException();
    }

    /** The timeline of {@link #startLsn}. */
    public TimelineId timeline() {
        throw new UnsupportedOperationException();
    }

    /** When the server had begun the backup, by its clock. */
    public Instant started() {
        throw new UnsupportedOperationException();
    }

    /**
     * Asks the server whether the backup still goes on; to be called now and then during a long copy, and never
     * together with {@link #stop}.
     *
     * @throws org.pgpitr.error.PgpitrException POSTGRES_UNAVAILABLE if the server went away, restarted or was promoted
     */
    public void verifyAlive() {
        throw new UnsupportedOperationException();
    }

    /**
     * Ends the backup. Does not wait for WAL to be archived; on a primary the server switches to the next segment.
     *
     * @throws org.pgpitr.error.PgpitrException POSTGRES_UNAVAILABLE if the server went away, restarted or was promoted
     *     since the start: the backup is void then
     */
    public BackupStop stop() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
