package org.pgpitr.service.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pgpitr.service.archive.LocalFiles.SEGMENT;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.wal.WalWriter;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.archive.WalArchive.Pushed;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.repository.codec.AgeIdentity;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.storage.ByteRange;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ForwardingStore;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.faults.FaultPlan;
import org.pgpitr.storage.faults.FaultyStore;
import org.pgpitr.storage.faults.StoreOperation;
import org.pgpitr.storage.memory.MemoryStore;

/** The archiver and a stream in one process bring the same segments. */
class PushedSegmentsTest {
    private static final ClusterIdentity CLUSTER = WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE);

    /** Writes down what is asked of it for segments; a put may have to wait. */
    private static final class Told extends ForwardingStore {
        private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
        private final CountDownLatch putting = new CountDownLatch(1);
        private volatile CountDownLatch gate = new CountDownLatch(0);

        Told(ObjectStore store) {
            super(store);
        }

        @Override
        public PutResult putIfAbsent(ObjectKey key, Content content) {
            if (key.value().contains("/wal/")) {
                requests.add("put");
                putting.countDown();
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            return store.putIfAbsent(key, content);
        }

        @Override
        public Optional<InputStream> open(ObjectKey key, ByteRange range) {
            if (key.value().contains("/wal/")) {
                requests.add("get");
            }
            return store.open(key, range);
        }
    }

    @TempDir
    private Path directory;

    private LocalFiles local;
    private final PushLimits limits = new PushLimits(2);
    private final Told store = new Told(new MemoryStore());
    private final Repository repository = over(store);

    @BeforeEach
    void begin() throws IOException {
        local = new LocalFiles(directory);
        repository.create(CLUSTER);
    }

    private static Repository over(ObjectStore store) {
        return new Repository(store, new ClusterName("main"), Keys.none(), 3);
    }

    private ArchivePush archiver(Repository... repositories) {
        return new ArchivePush(List.of(repositories), directory, limits);
    }

    private ArchivePush stream(Repository... repositories) {
        return new ArchivePush(List.of(repositories), Path.of(""), limits);
    }

    private static Content streamed(long seed) {
        return Content.of(WalFiles.segment(SEGMENT, CLUSTER, seed));
    }

    private Path file(long seed) throws IOException {
        return local.segment(SEGMENT, CLUSTER, seed);
    }

    private static FutureTask<ArchivePush.Result> begun(Callable<ArchivePush.Result> push) {
        FutureTask<ArchivePush.Result> task = new FutureTask<>(push);
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    @Test
    void what_a_stream_has_brought_the_archiver_only_reads_and_the_other_way_round() throws IOException {
        ArchivePush.Result first = stream(repository).push(SEGMENT, streamed(1));
        ArchivePush.Result second = archiver(repository).push(file(1));
        assertThat(first.outcomes()).containsExactly(Pushed.STORED);
        assertThat(second.outcomes()).containsExactly(Pushed.ALREADY_THERE);
        assertThat(second.summary()).isPresent().isEqualTo(first.summary());
        assertThat(second.bytes()).isEqualTo(first.bytes());

        assertThat(stream(repository).push(SEGMENT, streamed(1)).outcomes()).containsExactly(Pushed.ALREADY_THERE);
        assertThat(store.requests).containsExactly("put");
    }

    @Test
    void who_comes_second_waits_for_the_first() throws Exception {
        store.gate = new CountDownLatch(1);
        FutureTask<ArchivePush.Result> first = begun(() -> stream(repository).push(SEGMENT, streamed(1)));
        store.putting.await();
        Path file = file(1);
        FutureTask<ArchivePush.Result> second =
                new FutureTask<>(() -> archiver(repository).push(file));
        Thread waiting = new Thread(second);
        waiting.start();
        while (waiting.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        assertThat(second.isDone()).isFalse();
        store.gate.countDown();
        assertThat(first.get().outcomes()).containsExactly(Pushed.STORED);
        assertThat(second.get().outcomes()).containsExactly(Pushed.ALREADY_THERE);
        assertThat(store.requests).containsExactly("put");
    }

    @Test
    void another_content_is_held_against_what_is_archived() throws IOException {
        stream(repository).push(SEGMENT, streamed(1));
        Path other = file(2);
        assertThatThrownBy(() -> archiver(repository).push(other))
                .isInstanceOfSatisfying(
                        PgpitrException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.WAL_CONFLICT));
        assertThat(store.requests).containsExactly("put", "put", "get");
        assertThat(archiver(repository).push(file(1)).outcomes())
                .as("what failed has brought nothing")
                .containsExactly(Pushed.ALREADY_THERE);
        assertThat(store.requests).hasSize(3);
    }

    @Test
    void what_the_first_could_not_bring_the_second_sends() throws IOException {
        Repository failing =
                over(new FaultyStore(store, FaultPlan.nth(StoreOperation.PUT, 1, FaultPlan.Moment.BEFORE)));
        assertThatThrownBy(() -> stream(failing).push(SEGMENT, streamed(1))).isInstanceOf(StorageException.class);
        assertThat(archiver(failing).push(file(1)).outcomes()).containsExactly(Pushed.STORED);
    }

    @Test
    void what_is_not_in_every_repository_is_sent_to_all_of_them() throws IOException {
        Repository second = over(new Told(new MemoryStore()));
        second.create(CLUSTER);
        stream(repository).push(SEGMENT, streamed(1));
        assertThat(archiver(repository, second).push(file(1)).outcomes())
                .containsExactly(Pushed.ALREADY_THERE, Pushed.STORED);
        assertThat(stream(repository, second).push(SEGMENT, streamed(1)).outcomes())
                .containsExactly(Pushed.ALREADY_THERE, Pushed.ALREADY_THERE);
        assertThat(store.requests).containsExactly("put", "put", "get");
    }

    @Test
    void what_stands_in_an_older_generation_is_sent_to_the_new_one() throws IOException {
        stream(repository).push(SEGMENT, streamed(1));
        Keys keys = Keys.of(List.of(AgeIdentity.generate().recipient()), List.of());
        Repository encrypted = new Repository(store, new ClusterName("main"), keys, 3);
        encrypted.create(WalFiles.cluster(2, WalFiles.CLUSTER, Encryption.AGE));
        assertThat(archiver(encrypted).push(file(1)).outcomes()).containsExactly(Pushed.STORED);
        assertThat(new WalArchive(encrypted.current()).contains(SEGMENT)).isTrue();
    }

    @Test
    void a_file_that_does_not_follow_on_the_one_before_it_is_refused_though_a_stream_has_brought_the_same()
            throws IOException {
        WalWriter wal = new WalWriter(CLUSTER.major(), CLUSTER.segmentSize(), CLUSTER.systemIdentifier(), SEGMENT);
        wal.fillToBefore(24);
        wal.commit(700, Instant.EPOCH);
        wal.switchSegment();
        byte[] other = WalFiles.segment(SEGMENT, CLUSTER, 1);
        local.file(SEGMENT.toString(), other);
        WalSegmentName next = SEGMENT.next(CLUSTER.segmentSize());
        stream(repository).push(next, Content.of(wal.full().get(1)));
        Path file = local.file(next.toString(), wal.full().get(1));
        assertThatThrownBy(() -> archiver(repository).push(file))
                .isInstanceOf(PgpitrException.class)
                .hasMessageContaining(next + " is not archived: WAL is broken at ");
    }
}
