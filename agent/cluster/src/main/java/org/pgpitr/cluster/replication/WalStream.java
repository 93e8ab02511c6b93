package org.pgpitr.cluster.replication;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.pgpitr.cluster.ServerFailure;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.postgresql.copy.CopyDual;

/**
 * WAL on its way, for one thread. Over pgjdbc's {@code CopyDual} and not its {@code PGReplicationStream}, because that one
 * can't be told a timeline, and takes what a keep-alive tells for received, even for flushed.
 */
public final class WalStream implements AutoCloseable {
    /**
     * How long the driver may wait for the rest of a message. It begins to read when a message is there, so it never
     * waits so long; save at the end of a timeline, where it waits for a message that the server sends only when it has
     * been answered.
     */
    static final Duration STALL = Duration.ofSeconds(2);

    private static final Instant POSTGRES_EPOCH = Instant.parse("2000-01-01T00:00:00Z");
    private static final int STATUS_LENGTH = 34;

    private final Connection connection;
    private final CopyDual copy;
    private final Clock clock;
    private boolean ended;

    WalStream(Connection connection, CopyDual copy, Clock clock) throws SQLException {
        this.connection = connection;
        this.copy = copy;
        this.clock = clock;
        connection.setNetworkTimeout(Runnable::run, Math.toIntExact(STALL.toMillis()));
    }

    /**
     * The next message, if one comes within about a millisecond.
     *
     * @throws PgpitrException POSTGRES_UNAVAILABLE if the connection is lost, or the timeline ended; CHECK_FAILED if the
     *     server has removed the WAL that would come next, with its segment in the message
     */
    public Optional<WalMessage> poll() {
        try {
            byte[] message = copy.readFromCopy(false);
            if (message != null) {
                return Optional.of(parse(ByteBuffer.wrap(message)));
            }
            if (!copy.isActive()) {
                ended = true;
                throw ServerFailure.unavailable(
                        "PostgreSQL has ended the stream", "it was stopped, or a standby was promoted", null);
            }
            return Optional.empty();
        } catch (SQLException e) {
            ended = true;
            throw failed(e);
        }
    }

    static WalMessage parse(ByteBuffer message) {
        byte kind = message.hasRemaining() ? message.get() : 0;
        if (kind == 'w' && message.remaining() >= 3 * Long.BYTES) {
            Lsn start = new Lsn(message.getLong());
            Lsn serverEnd = new Lsn(message.getLong());
            message.position(message.position() + Long.BYTES);
            return new WalMessage.Data(start, serverEnd, message);
        }
        if (kind == 'k' && message.remaining() > 2 * Long.BYTES) {
            message.position(message.position() + 2 * Long.BYTES);
            return new WalMessage.KeepAlive(message.get() == 0 ? WalMessage.Reply.NOT_WANTED : WalMessage.Reply.WANTED);
        }
        throw new PgpitrException(
                ExitCode.POSTGRES_UNAVAILABLE,
                "PostgreSQL sends a message of a kind or length that is not known: " + kind + ", " + message.capacity()
                        + " bytes",
                null);
    }

    /**
     * Reports what is durable, and nothing beyond: neither what was received and is not durable yet as written, nor
     * anything as applied.
     *
     * @param durable {@link Lsn#ZERO}: nothing is known to be
     */
    public void report(Lsn durable) {
        ByteBuffer status = ByteBuffer.allocate(STATUS_LENGTH)
                .put((byte) 'r')
                .putLong(durable.value())
                .putLong(durable.value())
                .putLong(0)
                .putLong(ChronoUnit.MICROS.between(POSTGRES_EPOCH, clock.instant()))
                .put((byte) 0);
        try {
            copy.writeToCopy(status.array(), 0, STATUS_LENGTH);
            copy.flushCopy();
        } catch (SQLException e) {
            ended = true;
            throw failed(e);
        }
    }

    private static PgpitrException failed(SQLException e) {
        // walsender.c: "requested WAL segment %s has already been removed"
        return "58P01".equals(e.getSQLState())
                ? ReplicationFailure.walGone(ServerFailure.words(e), e)
                : ServerFailure.unavailable(
                        "the stream from PostgreSQL broke off: " + ServerFailure.words(e),
                        "look into the server's log: was it stopped, restarted or promoted?",
                        e);
    }

    /** Ends the stream in order, if it still runs; the connection can be used for another one then. */
    @Override
    public void close() {
        if (ended) {
            return;
        }
        ended = true;
        try {
            copy.endCopy();
        } catch (SQLException e) {
            abort();
        }
    }

    private void abort() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException gone) {
            return; // which is what was wanted
        }
    }
}
