package org.pgpitr.it.stream;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.pgpitr.cli.demo.PostgresInstance;

/**
 * Clients that commit a row of a kilobyte each, one after the other, until the server goes away; and when each commit was
 * acknowledged, by {@link System#nanoTime}.
 */
final class Commits {
    static final String TABLE = "create table commits (client int, number int, filler text)";

    /** What a recovered server holds of one client: so many rows, the last of that number. */
    record Recovered(int client, int count, int last) {}

    private final List<List<Long>> acknowledged = new ArrayList<>();
    private final List<Thread> clients = new ArrayList<>();

    /**
     * Begins.
     *
     * @param pause between two commits of a client
     */
    Commits(PostgresInstance server, int count, Duration pause) {
        for (int i = 0; i < count; i++) {
            int number = i;
            List<Long> times = Collections.synchronizedList(new ArrayList<>());
            acknowledged.add(times);
            Thread client = new Thread(() -> commit(server, number, times, pause), "client-" + i);
            client.setDaemon(true);
            clients.add(client);
        }
        clients.forEach(Thread::start);
    }

    private static void commit(PostgresInstance server, int client, List<Long> times, Duration pause) {
        try (Connection connection = server.connect();
                PreparedStatement insert =
                        connection.prepareStatement("insert into commits values (?, ?, repeat('x', 1000))")) {
            while (true) {
                insert.setInt(1, client);
                insert.setInt(2, times.size() + 1);
                insert.executeUpdate();
                times.add(System.nanoTime());
                TimeUnit.NANOSECONDS.sleep(pause.toNanos());
            }
        } catch (SQLException | RuntimeException | InterruptedException gone) {
            return; // the server was killed, and this commit was not acknowledged
        }
    }

    int count() {
        return acknowledged.stream().mapToInt(List::size).sum();
    }

    int clients() {
        return acknowledged.size();
    }

    /** Waits for the clients' end; the server is gone. */
    void awaitEnd() throws InterruptedException {
        for (Thread client : clients) {
            client.join();
        }
    }

    /** When each commit of a client was acknowledged, the first row's first. */
    List<Long> acknowledged(int client) {
        return List.copyOf(acknowledged.get(client));
    }

    /** What a server holds, in the order of the clients. */
    static List<Recovered> of(PostgresInstance server, int clients) {
        List<Recovered> found = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            String[] row = server.query(
                            "select count(*) || ' ' || coalesce(max(number), 0) from commits where client = " + i)
                    .split(" ");
            found.add(new Recovered(i, Integer.parseInt(row[0]), Integer.parseInt(row[1])));
        }
        return found;
    }
}
