package org.pgpitr.it.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.cluster.ConnectionSettings;
import org.pgpitr.it.kit.Cluster;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Variant;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.repository.stream.StreamArchive;
import org.pgpitr.service.archive.PushLimits;
import org.pgpitr.service.stream.StreamListener;
import org.pgpitr.service.stream.StreamOptions;
import org.pgpitr.service.stream.StreamPosition;
import org.pgpitr.service.stream.StreamReceiver;
import org.pgpitr.service.stream.StreamStatus;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ForwardingStore;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.local.LocalDiskStore;

/** What a server hears of durability, while its receiver runs in this JVM over a store that can be held up. */
@Tag("scenario")
class FlushTest {
    private static final int LOOKS = 50;

    /** Once closed, stores nothing before it is opened again. */
    private static final class Gate extends ForwardingStore {
        private volatile CountDownLatch open = new CountDownLatch(0);

        Gate(ObjectStore store) {
            super(store);
        }

        void shut() {
            open = new CountDownLatch(1);
        }

        void open() {
            open.countDown();
        }

        @Override
        public PutResult putIfAbsent(ObjectKey key, Content content) {
            try {
                open.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
            return super.putIfAbsent(key, content);
        }
    }

    /** Takes it that the server goes away. */
    private static class Patient implements StreamListener {
        @Override
        public void slotCreated(String slot, Lsn from) {
            throw new AssertionError("it was there");
        }

        @Override
        public void streaming(StreamPosition from) {
            assertThat(from.lsn()).isNotEqualTo(Lsn.ZERO);
        }

        @Override
        public void switched(StreamPosition to) {
            throw new AssertionError("there is one timeline only");
        }

        @Override
        public void failed(RuntimeException failure) {
            System.out.println(failure.getMessage());
        }
    }

    private static final class Quiet extends Patient {
        @Override
        public void failed(RuntimeException failure) {
            throw failure;
        }
    }

    private static Repository repository(ObjectStore store) {
        return new Repository(store, new ClusterName("main"), Keys.none(), 1);
    }

    private static StreamReceiver receiver(
            Cluster source, ObjectStore store, Duration interval, StreamListener listener) {
        PostgresInstance server = source.server();
        return new StreamReceiver(
                ConnectionSettings.of(server.socketDirectory().toString(), server.port(), "postgres", "postgres"),
                List.of(repository(store)),
                new StreamOptions(
                        "pgpitr",
                        "pgpitr",
                        interval,
                        1 << 20,
                        StreamOptions.Pace.PERIODIC,
                        StreamOptions.OnNoSlot.FAIL,
                        StreamOptions.OnMissing.REQUIRE),
                new PushLimits(1),
                StreamReceiver.OnFailure.RETRY,
                listener,
                Clock.systemUTC());
    }

    @Test
    @DisplayName("Class 36: the server hears of nothing that is not durable in the repository")
    void what_the_server_hears_is_durable() throws Exception {
        try (Workspace work = new Workspace()) {
            Cluster source = Streaming.cluster(work, Majors.newest(), Variant.DISK, "stream-alone.conf");
            PostgresInstance server = source.server();
            Streaming.createSlot(source);
            Gate gate = new Gate(new LocalDiskStore(source.repositoryFolder()));
            StreamReceiver receiver = receiver(source, gate, Duration.ofMillis(50), new Quiet());
            receiver.start();
            source.insert("a");
            Streaming.awaitDurable(source);
            gate.shut();
            source.insert("held up");
            Lsn written = Lsn.parse(server.query("select pg_current_wal_flush_lsn()"));
            server.await(
                    "its arrival",
                    () -> receiver.status()
                            .received()
                            .filter(position -> !position.lsn().isBefore(written))
                            .isPresent());
            for (int i = 0; i < LOOKS; i++) {
                Lsn heard = Lsn.parse(server.query("select flush_lsn from pg_stat_replication"));
                assertThat(heard).isLessThan(written);
                assertThat(new StreamArchive(repository(gate).current()).ends().values())
                        .anySatisfy(end -> assertThat(end).isGreaterThanOrEqualTo(heard));
            }
            gate.open();
            Streaming.awaitDurable(source);
            receiver.stop();
            assertThat(receiver.status().state()).isEqualTo(StreamStatus.State.STOPPED);
            assertThat(receiver.status().lastFailure()).isEmpty();
        }
    }

    @Test
    void what_a_server_has_sent_before_it_died_is_stored_though_the_interval_is_not_over() throws Exception {
        try (Workspace work = new Workspace()) {
            Cluster source = Streaming.cluster(work, Majors.newest(), Variant.DISK, "stream-alone.conf");
            Streaming.createSlot(source);
            LocalDiskStore store = new LocalDiskStore(source.repositoryFolder());
            StreamReceiver receiver = receiver(source, store, Duration.ofMinutes(10), new Patient());
            receiver.start();
            source.insert("a");
            Streaming.awaitDurable(source);
            source.insert("in the next piece");
            Lsn written = Lsn.parse(source.server().query("select pg_current_wal_flush_lsn()"));
            source.server()
                    .await(
                            "its arrival",
                            () -> receiver.status()
                                    .received()
                                    .filter(position -> !position.lsn().isBefore(written))
                                    .isPresent());
            StreamArchive stream = new StreamArchive(repository(store).current());
            assertThat(stream.end())
                    .hasValueSatisfying(end -> assertThat(end.lsn()).isLessThan(written));
            source.server().kill();
            source.server()
                    .await(
                            "the receiver to notice",
                            () -> receiver.status().lastFailure().isPresent());
            assertThat(stream.end())
                    .hasValueSatisfying(end -> assertThat(end.lsn()).isGreaterThanOrEqualTo(written));
            receiver.stop();
        }
    }
}
