package org.pgpitr.cluster;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentSize;

/** The questions behind {@link ServerFacts}. */
final class FactsQuery {
    /**
     * The timeline in decimal. A primary's is in the name of the segment it writes. A standby's is the newest of those
     * that its last restart point, its minimum recovery point and its WAL receiver stand on, since the first two lag
     * behind replay. (The receiver's is null for a role without {@code pg_read_all_stats}.)
     */
    private static final String TIMELINE = """
            CASE WHEN pg_is_in_recovery() THEN
              (SELECT greatest(c.timeline_id::bigint, r.min_recovery_end_timeline::bigint,
                               (SELECT max(received_tli)::bigint FROM pg_stat_wal_receiver))
               FROM pg_control_checkpoint() c, pg_control_recovery() r)
            ELSE ('x' || lpad(left(pg_walfile_name(pg_current_wal_lsn()), 8), 16, '0'))::bit(64)::bigint
            END""";

    private static final String FACTS = """
            SELECT current_setting('server_version_num')::int, current_setting('server_version'),
                   (SELECT system_identifier FROM pg_control_system()),
                   (SELECT bytes_per_wal_segment FROM pg_control_init()),
                   pg_is_in_recovery(), current_setting('data_checksums'),
                   current_setting('wal_level'), current_setting('archive_mode'), current_setting('archive_command'),
                   coalesce(current_setting('archive_library', true), ''),
                   current_setting('data_directory'),
                   """ + TIMELINE;

    private static final String POSITION = """
            SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                        ELSE pg_current_wal_flush_lsn() END::text""";

    private FactsQuery() {}

    static ServerFacts facts(Session session) {
        return session.row("read the server's settings", Privilege.READ_SETTINGS, FACTS, FactsQuery::facts);
    }

    private static ServerFacts facts(ResultSet row) throws SQLException {
        int versionNumber = row.getInt(1);
        // With archive_mode = off the server shows this in place of the command
        String command = row.getString(9).equals("(disabled)") ? "" : row.getString(9);
        return new ServerFacts(
                versionNumber,
                row.getString(2),
                PostgresMajor.ofVersionNumber(versionNumber),
                new SystemIdentifier(row.getLong(3)),
                Path.of(row.getString(11)),
                new WalSegmentSize(row.getInt(4)),
                row.getBoolean(5) ? Role.STANDBY : Role.PRIMARY,
                row.getString(6).equals("on") ? ServerFacts.Checksums.ON : ServerFacts.Checksums.OFF,
                new TimelineId(row.getLong(12)),
                row.getString(7),
                row.getString(8),
                command,
                row.getString(10));
    }

    static TimelineId timeline(Session session) {
        return session.row(
                "read the server's timeline",
                Privilege.NONE,
                "SELECT " + TIMELINE,
                row -> new TimelineId(row.getLong(1)));
    }

    static Role role(Session session) {
        return session.row(
                "read the server's role",
                Privilege.NONE,
                "SELECT pg_is_in_recovery()",
                row -> row.getBoolean(1) ? Role.STANDBY : Role.PRIMARY);
    }

    static WalSegmentSize segmentSize(Session session) {
        return session.row(
                "read the server's WAL segment size",
                Privilege.NONE,
                "SELECT bytes_per_wal_segment FROM pg_control_init()",
                row -> new WalSegmentSize(row.getInt(1)));
    }

    static Lsn position(Session session) {
        return session.row(
                "read the server's WAL position", Privilege.NONE, POSITION, row -> Lsn.parse(row.getString(1)));
    }
}
