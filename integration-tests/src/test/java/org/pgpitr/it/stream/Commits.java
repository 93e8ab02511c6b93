package org.pgpitr.it.stream;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.pgpitr.cli.demo.PostgresInstance;

/** Clients that commit a row each, one after the other, until the server goes away; and what they were acknowledged. */
final class Commits {
    private final AtomicLong next;
    private final SortedMap<Long, Long> acknowledged = new ConcurrentSkipListMap<>();
    private final List<Thread> clients = new ArrayList<>();

    /**
     * Begins.
     *
     * @param first the first row's number
     */
    Commits(PostgresInstance server, int count, long first) {
        next = new AtomicLong(first);
        for (int i = 0; i < count; i++) {
            Thread client = new Thread(() -> commit(server), "client-" + i);
            client.setDaemon(true);
            clients.add(client);
            client.start();
        }
    }

    private void commit(PostgresInstance server) {
        try (Connection connection = server.connect();
                PreparedStatement insert = connection.prepareStatement("insert into commits values (?)")) {
            while (true) {
                long row = next.getAndIncrement();
                insert.setLong(1, row);
                insert.executeUpdate();
                acknowledged.put(row, System.nanoTime());
            }
        } catch (SQLException | RuntimeException gone) {
            return; // the server was killed, and this commit was not acknowledged
        }
    }

    long count() {
        return acknowledged.size();
    }

    /** Waits for the clients' end; the server is gone. */
    void awaitEnd() throws InterruptedException {
        for (Thread client : clients) {
            client.join();
        }
    }

    /** The rows that were acknowledged, and when, by {@link System#nanoTime}. */
    SortedMap<Long, Long> acknowledged() {
        return acknowledged;
    }

    /** A number that no row has. */
    long behind() {
        return next.get();
    }
}
