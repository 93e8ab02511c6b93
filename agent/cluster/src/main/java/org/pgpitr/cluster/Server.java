package org.pgpitr.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;

/**
 * A connection to a running server, for one thread at a time.
 *
 * <p>Every method throws {@link org.pgpitr.error.PgpitrException} POSTGRES_UNAVAILABLE if the server can't be reached,
 * refuses, or has gone; a privilege that the role lacks comes with the GRANT as the hint.
 */
public final class Server implements AutoCloseable {
    private final Session session;
    private final Passwords passwords;

    private Server(Session session, Passwords passwords) {
        this.session = session;
        this.passwords = passwords;
    }

    /**
     * Connects. A password that the settings don't have is looked for in {@code PGPASSWORD}, then in the password file.
     *
     * @throws org.pgpitr.error.PgpitrException POSTGRES_UNAVAILABLE; USAGE if the password file can't be read
     */
    public static Server connect(ConnectionSettings settings) {
        if (settings.isLocalSocket()) {
            requireSocket(settings.socketFile());
        }
        Passwords passwords = Passwords.ofProcess();
        return new Server(Session.open(settings, passwords), passwords);
    }

    private static void requireSocket(Path socket) {
        if (Files.notExists(socket)) {
            throw ServerFailure.unavailable(
                    "PostgreSQL is not running at " + socket + ": there is no such socket",
                    "start the server, or mend host (its unix_socket_directories) and port of the configuration",
                    null);
        }
    }

    /** Read afresh from the server. */
    public ServerFacts facts() {
        return FactsQuery.facts(session);
    }

    /**
     * Begins a backup, over a connection of its own that lasts until the session is closed; waits for its checkpoint.
     * An interruption of the thread breaks the waiting off.
     *
     * @param label shown in the backup's {@code backup_label}; one line
     */
    public BackupSession startBackup(String label, CheckpointMode checkpoint) {
        return BackupSession.start(Session.open(session.settings(), passwords), label, checkpoint);
    }

    /**
     * On a primary: makes a restore point, then lets the server go on with the next segment.
     *
     * @param restorePointName up to {@link org.pgpitr.postgres.RestorePoint#MAX_NAME_LENGTH} bytes
     * @return the segment that holds the restore point; it is complete, so the archiver gets it now
     */
    public WalSegmentName switchWal(String restorePointName) {
        WalSegmentSize size = FactsQuery.segmentSize(session);
        Lsn restorePoint = session.row(
                "make a restore point",
                Privilege.SWITCH_WAL,
                "SELECT pg_create_restore_point(?)::text",
                row -> Lsn.parse(row.getString(1)),
                restorePointName);
        session.row(
                "switch to the next WAL segment",
                Privilege.SWITCH_WAL,
                "SELECT pg_switch_wal()",
                row -> row.getString(1));
        // Not from what the switch returns: where its record ends right at a segment's end, that points into the
        // next segment, and so it does if another session switched in between. The restore point's LSN is the end of
        // its record, which may be the end of a segment too.
        return WalSegmentName.of(timeline(), size.segmentNumberBefore(restorePoint), size);
    }

    /** On a primary, up to where WAL is flushed; on a standby, up to where it is replayed. */
    public Lsn currentLsn() {
        return FactsQuery.position(session);
    }

    /** As {@link ServerFacts#timeline}. */
    public TimelineId timeline() {
        return FactsQuery.timeline(session);
    }

    /** What the archiver has done so far. */
    public ArchiverStatus archiver() {
        return session.row(
                "read the archiver's statistics",
                Privilege.NONE,
                """
                SELECT archived_count, last_archived_wal, extract(epoch FROM last_archived_time) * 1000000,
                       failed_count, last_failed_wal, extract(epoch FROM last_failed_time) * 1000000
                FROM pg_stat_archiver""",
                row -> new ArchiverStatus(row.getLong(1), attempt(row, 2), row.getLong(4), attempt(row, 5)));
    }

    /** What waits to be archived. Takes the privileges of {@code pg_monitor}. */
    public ArchiveBacklog archiveBacklog() {
        return session.row(
                "see what waits to be archived",
                Privilege.READ_SETTINGS,
                """
                SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(modification)), 0)::bigint
                FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'""",
                row -> new ArchiveBacklog(row.getLong(1), Duration.ofSeconds(Math.max(0, row.getLong(2)))));
    }

    /** A replication slot; empty if there is none of that name. */
    public Optional<SlotFacts> slot(String name) {
        return session
                .rows(
                        "look at its replication slots",
                        Privilege.NONE,
                        """
                        SELECT slot_name, slot_type, active_pid, restart_lsn::text, wal_status
                        FROM pg_replication_slots WHERE slot_name = ?""",
                        row -> new SlotFacts(
                                row.getString(1),
                                row.getString(2),
                                Optional.ofNullable(row.getObject(3, Integer.class)),
                                Optional.ofNullable(row.getString(4)).map(Lsn::parse),
                                Optional.ofNullable(row.getString(5))),
                        name)
                .stream()
                .findFirst();
    }

    /**
     * Makes a physical replication slot. From now on the server keeps all WAL since its last checkpoint until a receiver
     * reports it durable.
     *
     * @return from where on it keeps WAL
     */
    public Lsn createSlot(String name) {
        return session.row(
                "make a replication slot",
                Privilege.REPLICATION,
                "SELECT lsn::text FROM pg_create_physical_replication_slot(?, true)",
                row -> Lsn.parse(row.getString(1)),
                name);
    }

    /** Drops a replication slot: the server no longer keeps WAL for it. */
    public void dropSlot(String name) {
        session.row(
                "drop the replication slot",
                Privilege.REPLICATION,
                "SELECT pg_drop_replication_slot(?)",
                row -> name,
                name);
    }

    private static Optional<ArchiverStatus.Attempt> attempt(ResultSet row, int column) throws SQLException {
        String walFile = row.getString(column);
        return walFile == null
                ? Optional.empty()
                : Optional.of(new ArchiverStatus.Attempt(walFile, microseconds(row, column + 1)));
    }

    /** A time that was selected as microseconds since the epoch. */
    static Instant microseconds(ResultSet row, int column) throws SQLException {
        return Instant.EPOCH.plus(row.getBigDecimal(column).longValue(), ChronoUnit.MICROS);
    }

    /** The names of all tablespaces by their oid. */
    public Map<Long, String> tablespaceNames() {
        Map<Long, String> names = new LinkedHashMap<>();
        session.rows(
                "tell its tablespaces",
                Privilege.NONE,
                "SELECT oid::bigint, spcname FROM pg_tablespace ORDER BY oid",
                row -> names.put(row.getLong(1), row.getString(2)));
        return names;
    }

    /**
     * Tells of all databases and their relations, database by database. One that can't be connected to is said to be so,
     * and does no harm.
     */
    public void relations(RelationVisitor visitor) {
        new RelationsQuery(session, passwords).run(visitor);
    }

    /**
     * Settings in {@code pg_settings}' own form and units. What the server does not know, or the role may not see, is
     * left out.
     */
    public Map<String, String> settings(Collection<String> names) {
        Map<String, String> settings = new LinkedHashMap<>();
        session.rows(
                "read the server's settings",
                Privilege.READ_SETTINGS,
                "SELECT name, setting FROM pg_settings WHERE name = ANY (string_to_array(?, ','))",
                row -> settings.put(row.getString(1), row.getString(2)),
                String.join(",", names));
        return settings;
    }

    @Override
    public void close() {
        session.close();
    }
}
