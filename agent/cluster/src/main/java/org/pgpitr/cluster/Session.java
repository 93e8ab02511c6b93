package org.pgpitr.cluster;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * One connection in autocommit mode: no statement's time is limited by the server, names are looked up in
 * {@code pg_catalog} only, and what fails becomes a {@link org.pgpitr.error.PgpitrException}.
 */
final class Session implements AutoCloseable {
    private static final int FETCHED_ROWS = 5000;

    private final ConnectionSettings settings;
    private final Connection connection;
    private final int versionNumber;

    private Session(ConnectionSettings settings, Connection connection, int versionNumber) {
        this.settings = settings;
        this.connection = connection;
        this.versionNumber = versionNumber;
    }

    static Session open(ConnectionSettings settings, Passwords passwords) {
        Connection connection = Connections.ordinary(settings, passwords);
        try {
            return prepared(settings, connection);
        } catch (SQLException e) {
            close(connection);
            throw ServerFailure.connecting(settings, e);
        } catch (RuntimeException e) {
            close(connection);
            throw e;
        }
    }

    private static Session prepared(ConnectionSettings settings, Connection connection) throws SQLException {
        int major = connection.getMetaData().getDatabaseMajorVersion();
        StringBuilder set = new StringBuilder("SET search_path = ''; SET statement_timeout = 0; SET lock_timeout = 0; "
                + "SET idle_in_transaction_session_timeout = 0");
        if (major >= 14) {
            set.append("; SET idle_session_timeout = 0");
        }
        if (major >= 17) {
            set.append("; SET transaction_timeout = 0");
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute(set.toString());
        }
        int versionNumber = major * 10_000 + connection.getMetaData().getDatabaseMinorVersion();
        return new Session(settings, connection, versionNumber);
    }

    /** {@code server_version_num}. */
    int versionNumber() {
        return versionNumber;
    }

    String user() {
        return settings.user();
    }

    String database() {
        return settings.database();
    }

    ConnectionSettings settings() {
        return settings;
    }

    /** Reads one row of a result. */
    @FunctionalInterface
    interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /**
     * The one row of a query's result.
     *
     * @param what is tried, for an error's words: "begin a backup"
     */
    <T> T row(String what, Privilege privilege, String sql, RowReader<T> reader, Object... parameters) {
        List<T> rows = rows(what, privilege, sql, reader, parameters);
        if (rows.size() != 1) {
            throw new IllegalStateException(rows.size() + " rows, not one, of: " + sql);
        }
        return rows.get(0);
    }

    <T> List<T> rows(String what, Privilege privilege, String sql, RowReader<T> reader, Object... parameters) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            return read(statement, reader, parameters);
        } catch (SQLException e) {
            throw ServerFailure.asking(this, what, privilege, e);
        }
    }

    /**
     * As {@link #row} for what may take longer than any other answer. When the thread is interrupted, the statement is
     * cancelled and the session closed.
     */
    <T> T longRow(
            Duration timeout, String what, Privilege privilege, String sql, RowReader<T> reader, Object... parameters) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            connection.setNetworkTimeout(Runnable::run, Math.toIntExact(timeout.toMillis()));
            FutureTask<List<T>> answer = new FutureTask<>(() -> read(statement, reader, parameters));
            Thread asking = new Thread(answer, "pgpitr-server");
            asking.setDaemon(true);
            asking.start();
            T row = await(answer, statement, what).get(0);
            connection.setNetworkTimeout(
                    Runnable::run, Math.toIntExact(settings.answerTimeout().toMillis()));
            return row;
        } catch (SQLException e) {
            throw ServerFailure.asking(this, what, privilege, e);
        }
    }

    private <T> T await(FutureTask<T> answer, Statement statement, String what) throws SQLException {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            statement.cancel();
            connection.abort(Runnable::run);
            throw ServerFailure.unavailable("interrupted while trying to " + what, null, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SQLException sql) {
                throw sql;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Hears a row. */
    @FunctionalInterface
    interface RowVisitor {
        void visit(ResultSet row) throws SQLException;
    }

    /** All rows of a query's result, however many, a few thousand at a time in memory. */
    void stream(String what, String sql, RowVisitor visitor) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            connection.setAutoCommit(false);
            statement.setFetchSize(FETCHED_ROWS);
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    visitor.visit(result);
                }
            }
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            throw ServerFailure.asking(this, what, Privilege.NONE, e);
        }
    }

    private static <T> List<T> read(PreparedStatement statement, RowReader<T> reader, Object... parameters)
            throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
        List<T> rows = new ArrayList<>();
        try (ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                rows.add(reader.read(result));
            }
        }
        return rows;
    }

    /** The server ends the session, and a backup that it holds, as soon as it notices. */
    @Override
    public void close() {
        close(connection);
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException ended) {
            // The connection was broken already: it is what was wanted
            return;
        }
    }
}
