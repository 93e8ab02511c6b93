package org.pgpitr.it.kit;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.cli.demo.Sql;

/**
 * An application that writes as long as it is open: inserts, updates, deletes, and tables that come and go, so that
 * files appear, grow, shrink and vanish under a backup.
 */
public final class WriteLoad implements AutoCloseable {
    private static final long SEED = 20261120;
    private static final long PAUSE_MILLIS = 10;

    private final AtomicLong transactions = new AtomicLong();
    private final Thread thread;
    private volatile boolean ended;
    private volatile Exception failure;

    /** Begins to write. */
    public WriteLoad(PostgresInstance server) {
        server.execute("create table load (id bigint primary key, v text, n int not null default 0)");
        thread = new Thread(() -> work(server), "write load");
        thread.setDaemon(true);
        thread.start();
    }

    private void work(PostgresInstance server) {
        Random random = new Random(SEED);
        try (Connection connection = server.connect()) {
            for (long i = 0; !ended; i++) {
                Sql.execute(
                        connection,
                        "insert into load (id, v) select g, md5(g::text) from generate_series(" + i * 20 + ", "
                                + (i * 20 + 19) + ") g",
                        "update load set n = n + 1 where id = " + random.nextInt((int) (i * 20 + 1)),
                        "delete from load where id = " + random.nextInt((int) (i * 20 + 1)));
                if (i % 7 == 0) {
                    Sql.execute(
                            connection,
                            "drop table if exists comes_and_goes",
                            "create table comes_and_goes as select g from generate_series(1, 1000) g");
                }
                if (i % 20 == 0) {
                    Sql.execute(connection, "vacuum load");
                }
                transactions.incrementAndGet();
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (SQLException | InterruptedException e) {
            failure = e;
        }
    }

    /** Waits until so many more rounds are through. */
    public void awaitTransactions(int more) throws InterruptedException {
        long wanted = transactions.get() + more;
        while (transactions.get() < wanted && failure == null) {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
    }

    /** Ends, and fails if any statement did (seed {@value #SEED}). */
    @Override
    public void close() throws InterruptedException {
        ended = true;
        thread.join();
        if (failure != null) {
            throw new IllegalStateException("the write load failed", failure);
        }
    }
}
