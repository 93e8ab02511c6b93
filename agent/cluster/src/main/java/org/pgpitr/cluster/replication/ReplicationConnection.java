package org.pgpitr.cluster.replication;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.Optional;
import org.pgpitr.cluster.ConnectionSettings;
import org.pgpitr.cluster.Connections;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.TimelineHistoryName;
import org.pgpitr.postgres.TimelineId;
import org.postgresql.PGConnection;

/**
 * A connection that speaks the replication protocol, for one thread at a time. Every method throws {@link
 * PgpitrException} POSTGRES_UNAVAILABLE if the server has gone or refuses.
 */
public final class ReplicationConnection implements AutoCloseable {
    private final Connection connection;
    private final Clock clock;

    private ReplicationConnection(Connection connection, Clock clock) {
        this.connection = connection;
        this.clock = clock;
    }

    /**
     * Connects.
     *
     * @param applicationName by which {@code synchronous_standby_names} knows the receiver
     */
    public static ReplicationConnection connect(ConnectionSettings settings, String applicationName, Clock clock) {
        return new ReplicationConnection(Connections.replication(settings, applicationName), clock);
    }

    /** Who the server is, and where it stands. */
    public ServerIdentity identify() {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("IDENTIFY_SYSTEM")) {
            row.next();
            return new ServerIdentity(
                    SystemIdentifier.parse(row.getString(1)),
                    TimelineId.parse(row.getString(2)),
                    Lsn.parse(row.getString(3)));
        } catch (SQLException e) {
            throw ReplicationFailure.asking("say who it is", e);
        }
    }

    /** The history file of a timeline, byte by byte; empty if the server has none. */
    public Optional<byte[]> timelineHistory(TimelineId timeline) {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("TIMELINE_HISTORY " + timeline)) {
            row.next();
            if (!row.getString(1).equals(new TimelineHistoryName(timeline).toString())) {
                throw new PgpitrException(
                        ExitCode.POSTGRES_UNAVAILABLE,
                        "PostgreSQL sends " + row.getString(1) + " as the history of timeline " + timeline,
                        null);
            }
            // Before PostgreSQL 15 it comes as it is although it is said to be bytea, which has backslashes escaped
            String text = row.getString(2);
            return Optional.of(text.indexOf('\\') < 0 ? row.getBytes(2) : text.getBytes(StandardCharsets.UTF_8));
        } catch (SQLException e) {
            if ("58P01".equals(e.getSQLState())) {
                return Optional.empty();
            }
            throw ReplicationFailure.asking("send the history of timeline " + timeline, e);
        }
    }

    /**
     * Begins to stream; the connection is busy with it until the stream is closed.
     *
     * @param slot a physical one
     * @param from where to begin; before the end of the timeline
     * @throws PgpitrException USAGE if there is no such slot; LOCKED if somebody else streams from it; CHECK_FAILED if
     *     the server no longer has that WAL
     */
    public WalStream start(String slot, TimelineId timeline, Lsn from) {
        try {
            return new WalStream(
                    connection,
                    connection
                            .unwrap(PGConnection.class)
                            .getCopyAPI()
                            .copyDual("START_REPLICATION SLOT \"" + slot + "\" PHYSICAL " + from + " TIMELINE "
                                    + timeline),
                    clock);
        } catch (SQLException e) {
            throw ReplicationFailure.starting(slot, e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException ended) {
            return; // which is what was wanted
        }
    }
}
