package org.pgpitr.cli.demo;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An application that commits a row every few milliseconds, and remembers outside of the database which rows were
 * committed, and when: the commit times by which the recovery is judged. As long as the table {@code orders} is there
 * each transaction writes a row into it and one into {@code log}; afterwards into {@code log} alone.
 */
final class Ledger implements AutoCloseable {
    private static final long PAUSE_MILLIS = 5;
    private static final String UNDEFINED_TABLE = "42P01";

    /** A committed transaction; {@code id} is the same in both tables. */
    record Entry(long id, Instant committed) {}

    private final Connection connection;
    private final List<Entry> entries = new ArrayList<>();
    private final Thread thread = new Thread(this::work, "application");
    private long nextId;
    private volatile boolean ended;
    private volatile Exception failure;

    /**
     * @param connection used by this alone and closed at the end; the server tracks commit timestamps
     * @param firstId of the ids, which count from there
     */
    Ledger(Connection connection, long firstId) {
        this.connection = connection;
        thread.setDaemon(true);
        this.nextId = firstId;
    }

    Ledger begin() {
        thread.start();
        return this;
    }

    private void work() {
        try (connection) {
            connection.setAutoCommit(false);
            boolean orders = true;
            while (!ended) {
                try {
                    write(orders);
                    TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                } catch (SQLException e) {
                    if (!orders || !UNDEFINED_TABLE.equals(e.getSQLState())) {
                        throw e;
                    }
                    connection.rollback(); // the table is gone: the disaster, as an application sees it
                    orders = false;
                }
            }
        } catch (SQLException | InterruptedException e) {
            failure = e;
        }
    }

    private void write(boolean orders) throws SQLException {
        long xid;
        try (PreparedStatement insert = connection.prepareStatement(
                (orders ? "with o as (insert into orders values (?, clock_timestamp())) " : "")
                        + "insert into log values (?, clock_timestamp()) returning txid_current()")) {
            insert.setLong(1, nextId);
            if (orders) {
                insert.setLong(2, nextId);
            }
            try (ResultSet result = insert.executeQuery()) {
                result.next();
                xid = result.getLong(1);
            }
        }
        connection.commit();
        try (PreparedStatement time = connection.prepareStatement("select pg_xact_commit_timestamp(?::text::xid)")) {
            time.setString(1, Long.toString(xid & 0xFFFF_FFFFL));
            try (ResultSet result = time.executeQuery()) {
                result.next();
                Instant committed = result.getObject(1, OffsetDateTime.class).toInstant();
                synchronized (entries) {
                    entries.add(new Entry(nextId, committed));
                }
            }
        }
        connection.commit();
        nextId++;
    }

    /** What was committed so far. */
    List<Entry> entries() {
        synchronized (entries) {
            return List.copyOf(entries);
        }
    }

    /** Waits until that many more transactions are committed. */
    void awaitMore(int transactions) throws InterruptedException {
        int wanted = entries().size() + transactions;
        while (entries().size() < wanted) {
            if (failure != null) {
                throw new IllegalStateException("the application failed", failure);
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
    }

    /** Stops the application after its transaction. */
    @Override
    public void close() {
        ended = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
