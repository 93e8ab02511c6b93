package org.pgpitr.it.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.error.ExitCode;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Moment;
import org.pgpitr.it.kit.Programs;
import org.pgpitr.it.kit.StoreProcess;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.postgres.WalSegmentSize;

/**
 * Receiver, server and store killed by {@code kill -9} at random moments while rows are written, where the stream alone
 * brings WAL. A receiver that was not killed itself goes on; each time all that the server has gets durable; in the end the
 * repository is sound and recovers to the last row.
 *
 * <p>{@code -Dpgpitr.cycles=200} is the long run; {@code -Dpgpitr.seed} repeats one.
 */
@Tag("scenario")
class StreamCrashTest {
    private static final int CYCLES = Integer.getInteger("pgpitr.cycles", 4);
    private static final long SEED = Long.getLong("pgpitr.seed", System.nanoTime());
    private static final int MOST_MILLIS = 1500;
    private static final long PAUSE_NANOS = 100_000_000;

    private enum Victim {
        RECEIVER,
        SERVER,
        STORE
    }

    private final Random random = new Random(SEED);

    /** Writes as long as it is open, whenever the server takes it. */
    private static final class Writer implements AutoCloseable {
        private final Thread thread;
        private volatile boolean ended;

        Writer(PostgresInstance server) {
            thread = new Thread(() -> write(server), "writer");
            thread.setDaemon(true);
            thread.start();
        }

        private void write(PostgresInstance server) {
            for (int i = 1; !ended; i++) {
                try {
                    server.execute("insert into bulk select repeat(md5(random()::text), 20)"
                            + " from generate_series(1, 200)");
                    if (i % 10 == 0) {
                        server.query("select pg_switch_wal()");
                    }
                } catch (RuntimeException e) {
                    continue; // the server was killed, and comes again
                } finally {
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        }

        @Override
        public void close() throws InterruptedException {
            ended = true;
            thread.join();
        }
    }

    private Set<Victim> victims() {
        Set<Victim> victims = EnumSet.noneOf(Victim.class);
        while (victims.isEmpty()) {
            for (Victim each : Victim.values()) {
                if (random.nextBoolean()) {
                    victims.add(each);
                }
            }
        }
        return victims;
    }

    @Test
    void whoever_is_killed_the_stream_goes_on_and_the_recovery_has_it_all() throws Exception {
        System.out.println("StreamCrashTest: seed " + SEED + ", cycles " + CYCLES);
        try (Workspace work = new Workspace();
                StoreProcess store = StoreProcess.start(work)) {
            Cluster source = source(work, store);
            Streaming stream = Streaming.begin(source);
            try (Writer writer = new Writer(source.server())) {
                source.backup();
                for (int cycle = 0; cycle < CYCLES; cycle++) {
                    stream = cycle(source, store, stream);
                    Streaming.awaitDurable(source);
                    assertThat(stream.isRunning())
                            .as("cycle %d, seed %d: %s", cycle, SEED, Streaming.log(source))
                            .isTrue();
                }
            } finally {
                stream.close();
            }
            Moment end;
            try (Streaming last = Streaming.begin(source)) {
                end = source.insert("end");
                Streaming.awaitDurable(source);
                last.kill();
            }
            source.server().kill();
            source.pgpitr().run("verify", "--full").expect(ExitCode.OK);
            Cluster recovered = source.restore("--no-archive", "--target-action", "promote");
            source.pgpitr().environment().forEach(recovered.server()::environment);
            recovered.server().start().awaitRecovered();
            recovered.expect(end);
        }
    }

    private static Cluster source(Workspace work, StoreProcess store) {
        Cluster source = Cluster.stopped(
                work,
                Programs.of(work, Majors.newest()),
                Variant.DISK,
                InitdbOptions.standard().with(new WalSegmentSize(1 << 20)),
                "stream-alone.conf");
        source.pgpitr().variable("PGPITR_STREAM_ENABLED", "true");
        store.variables().forEach(source.pgpitr()::variable);
        Streaming.begun(source);
        source.server().execute("create table bulk (filler text)");
        Streaming.createSlot(source);
        return source;
    }

    /** Kills some, and brings all back. */
    private Streaming cycle(Cluster source, StoreProcess store, Streaming stream) throws Exception {
        TimeUnit.MILLISECONDS.sleep(random.nextInt(MOST_MILLIS));
        Set<Victim> victims = victims();
        if (victims.contains(Victim.STORE)) {
            store.kill();
            TimeUnit.MILLISECONDS.sleep(random.nextInt(MOST_MILLIS));
        }
        if (victims.contains(Victim.RECEIVER)) {
            stream.kill();
        }
        if (victims.contains(Victim.SERVER)) {
            source.server().kill();
            TimeUnit.MILLISECONDS.sleep(random.nextInt(MOST_MILLIS));
            source.server().start();
        }
        Streaming next = victims.contains(Victim.RECEIVER) ? Streaming.begin(source) : stream;
        if (victims.contains(Victim.STORE)) {
            TimeUnit.MILLISECONDS.sleep(random.nextInt(MOST_MILLIS));
            store.start();
        }
        return next;
    }
}
