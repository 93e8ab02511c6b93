package org.pgpitr.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;

/**
 * A backup that the server knows of, bound to one connection of its own. {@link #close} without {@link #stop} aborts
 * it: the server leaves backup mode, nothing remains of it. For one thread at a time.
 */
public final class BackupSession implements AutoCloseable {
    private final Session session;
    private final Duration patience;
    private final TransactionBounds bounds;
    private final Lsn startLsn;
    private final TimelineId timeline;
    private final Instant started;
    private final AtomicBoolean stopped = new AtomicBoolean();

    private BackupSession(
            Session session,
            Duration patience,
            TransactionBounds bounds,
            Lsn startLsn,
            TimelineId timeline,
            Instant started) {
        this.session = session;
        this.patience = patience;
        this.bounds = bounds;
        this.startLsn = startLsn;
        this.timeline = timeline;
        this.started = started;
    }

    /** Takes over the session; closes it if the backup can't be begun. */
    static BackupSession start(Session session, String label, CheckpointMode checkpoint) {
        try {
            Duration patience = patience(session);
            TransactionBounds bounds = TransactionBounds.of(session);
            String sql = session.versionNumber() >= 150_000
                    ? "SELECT pg_backup_start(label => ?, fast => ?)::text"
                    : "SELECT pg_start_backup(label => ?, fast => ?, exclusive => false)::text";
            Lsn startLsn = session.longRow(
                    patience,
                    "begin a backup",
                    Privilege.BACKUP,
                    sql,
                    row -> Lsn.parse(row.getString(1)),
                    label,
                    checkpoint == CheckpointMode.FAST);
            return new BackupSession(session, patience, bounds, startLsn, timeline(session, startLsn), now(session));
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /** Ample time for a spread checkpoint, and never less than ten minutes. */
    private static Duration patience(Session session) {
        long seconds = session.row(
                "read the server's settings",
                Privilege.NONE,
                "SELECT setting::bigint FROM pg_settings WHERE name = 'checkpoint_timeout'",
                row -> row.getLong(1));
        return Duration.ofSeconds(2 * seconds).plusMinutes(10);
    }

    /** The checkpoint that a backup starts from is the last one in {@code pg_control}, unless another came since. */
    private static TimelineId timeline(Session session, Lsn startLsn) {
        return session
                .rows(
                        "read the server's timeline",
                        Privilege.NONE,
                        "SELECT timeline_id FROM pg_control_checkpoint() WHERE redo_lsn = ?::pg_lsn",
                        row -> new TimelineId(row.getLong(1)),
                        startLsn.toString())
                .stream()
                .findFirst()
                .orElseGet(() -> FactsQuery.timeline(session));
    }

    private static Instant now(Session session) {
        return session.row(
                "read the server's clock",
                Privilege.NONE,
                "SELECT extract(epoch FROM clock_timestamp()) * 1000000",
                row -> Server.microseconds(row, 1));
    }

    /** Where replay of the backup has to begin. */
    public Lsn startLsn() {
        return startLsn;
    }

    /** The timeline of {@link #startLsn}; {@code backup_label} tells it too. */
    public TimelineId timeline() {
        return timeline;
    }

    /** When the server had begun the backup, by its clock. */
    public Instant started() {
        return started;
    }

    /**
     * Asks the server whether the backup still goes on; to be called now and then during a long copy.
     *
     * @throws PgpitrException POSTGRES_UNAVAILABLE if the server went away, restarted or was promoted
     */
    public void verifyAlive() {
        try {
            bounds.observe();
        } catch (PgpitrException e) {
            throw voided(e);
        }
    }

    /**
     * Ends the backup. Does not wait for WAL to be archived; a primary goes on with the next segment by itself.
     *
     * @throws PgpitrException POSTGRES_UNAVAILABLE if the server went away, restarted or was promoted since the start:
     *     the backup is void then
     */
    public BackupStop stop() {
        if (!stopped.compareAndSet(false, true)) {
            throw new IllegalStateException("stopped before");
        }
        try {
            bounds.observe();
            String sql = session.versionNumber() >= 150_000
                    ? "SELECT lsn::text, labelfile, spcmapfile FROM pg_backup_stop(wait_for_archive => false)"
                    : "SELECT lsn::text, labelfile, spcmapfile"
                            + " FROM pg_stop_backup(exclusive => false, wait_for_archive => false)";
            StopPoint stop = session.longRow(
                    patience,
                    "end the backup",
                    Privilege.BACKUP,
                    sql,
                    row -> new StopPoint(
                            Lsn.parse(row.getString(1)),
                            row.getString(2),
                            Objects.requireNonNullElse(row.getString(3), "")));
            Instant now = now(session);
            requireSameTimeline();
            return bounds.complete(stop, now);
        } catch (PgpitrException e) {
            throw voided(e);
        }
    }

    /** A standby follows its primary's promotion; what it had copied by then would need the WAL of two timelines. */
    private void requireSameTimeline() {
        TimelineId now = FactsQuery.timeline(session);
        if (!now.equals(timeline)) {
            throw ServerFailure.unavailable(
                    "the server went from timeline " + timeline + " to timeline " + now + " while it was under way",
                    "wait for a checkpoint on timeline " + now,
                    null);
        }
    }

    private static PgpitrException voided(PgpitrException e) {
        return ServerFailure.unavailable(
                "the backup is void: " + e.getMessage(),
                e.hint().map(hint -> hint + "; then take the backup again").orElse("take the backup again"),
                e);
    }

    /** Aborts the backup unless it was stopped; in any case the connection is given back. */
    @Override
    public void close() {
        session.close();
    }
}
