package org.pgpitr.service.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.repository.codec.AgeIdentity;
import org.pgpitr.repository.codec.CompressedFile;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ForwardingStore;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.memory.MemoryStore;

class PushLimitsTest {
    private static final ClusterIdentity CLUSTER = WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE);

    @TempDir
    private Path directory;

    /** Answers nothing before as many puts wait as are expected. */
    private static final class SlowStore extends ForwardingStore {
        private final CountDownLatch awaited;
        private final AtomicInteger segments = new AtomicInteger();

        SlowStore(int expected) {
            super(new MemoryStore());
            awaited = new CountDownLatch(expected);
        }

        @Override
        public PutResult putIfAbsent(ObjectKey key, Content content) {
            if (key.value().contains("/wal/")) {
                segments.incrementAndGet();
                awaited.countDown();
                try {
                    assertThat(awaited.await(60, TimeUnit.SECONDS))
                            .as("all on their way at once")
                            .isTrue();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            return store.putIfAbsent(key, content);
        }
    }

    @Test
    void a_push_that_waits_for_its_store_lets_the_next_one_compress() throws Exception {
        PushLimits limits = new PushLimits(1);
        SlowStore store = new SlowStore(limits.pushes());
        Repository repository = new Repository(store, new ClusterName("main"), Keys.none(), 3);
        repository.create(CLUSTER);
        ArchivePush push = new ArchivePush(List.of(repository), directory, limits);
        LocalFiles local = new LocalFiles(directory);
        ExecutorService threads = Executors.newFixedThreadPool(limits.pushes());
        try {
            List<Future<?>> pushes = new ArrayList<>();
            for (int i = 0; i < limits.pushes(); i++) {
                WalSegmentName name = WalSegmentName.of(LocalFiles.SEGMENT.timeline(), 16L + i, CLUSTER.segmentSize());
                Path file = local.segment(name, CLUSTER, i);
                pushes.add(threads.submit(() -> push.push(file)));
            }
            for (Future<?> each : pushes) {
                each.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(store.segments).hasValue(limits.pushes());
    }

    @Test
    void only_where_it_is_encrypted_a_segment_is_held_twice() {
        Repository plain = new Repository(new MemoryStore(), new ClusterName("main"), Keys.none(), 3);
        Keys keys = Keys.of(List.of(AgeIdentity.generate().recipient()), List.of());
        Repository encrypted = new Repository(new MemoryStore(), new ClusterName("main"), keys, 3);
        assertThat(ArchivePush.copies(List.of(plain, plain))).isEqualTo(1);
        assertThat(ArchivePush.copies(List.of(encrypted))).isEqualTo(2);
        assertThat(ArchivePush.copies(List.of(plain, encrypted, encrypted))).isEqualTo(3);
    }

    @Test
    void so_many_sealed_copies_are_made_at_once_as_there_is_memory_for_beside_what_they_are_made_of() {
        assertThat(PushLimits.copies(16 << 20)).isEqualTo(1);
        assertThat(PushLimits.copies(100 << 20)).isEqualTo(1);
        assertThat(PushLimits.copies(2 << 20)).isEqualTo(15);
        assertThat(PushLimits.copies(0)).as("of one in a temporary file").isGreaterThan(1000);
    }

    /** Tells how many are read at once; each waits a little for the others. */
    private static final class LongFile implements Content {
        private static final byte[] BYTES = new byte[CompressedFile.MOST_MEMORY + 1];

        private final AtomicInteger read;
        private final AtomicInteger most;

        LongFile(AtomicInteger read, AtomicInteger most) {
            this.read = read;
            this.most = most;
        }

        @Override
        public long length() {
            return BYTES.length;
        }

        @Override
        public InputStream open() {
            most.accumulateAndGet(read.incrementAndGet(), Math::max);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            return new FilterInputStream(new ByteArrayInputStream(BYTES)) {
                @Override
                public void close() {
                    read.decrementAndGet();
                }
            };
        }
    }

    @Test
    void of_files_longer_than_a_usual_segment_as_many_are_compressed_at_once_as_there_is_memory_for() {
        AtomicInteger most = new AtomicInteger();
        AtomicInteger read = new AtomicInteger();
        PushLimits limits = new PushLimits(8);
        WalFileName name = WalFileName.parse("000000010000000000000001.00000028.backup");
        List<SegmentReading> readings = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            LocalWalFile file = new LocalWalFile(Path.of(""), name, new LongFile(read, most), new byte[0]);
            readings.add(SegmentReading.begin(file, 1, limits, 1));
        }
        for (SegmentReading each : readings) {
            assertThat(each.compressed().tag().size()).isEqualTo(LongFile.BYTES.length);
        }
        assertThat(most.get()).isBetween(1, 2);
        readings.forEach(SegmentReading::close);
    }

    @Test
    void memory_is_given_out_as_far_as_there_is_some_and_what_is_longer_than_all_gets_all() throws Exception {
        PushLimits limits = new PushLimits(1);
        int small = limits.take(1);
        CountDownLatch taken = new CountDownLatch(1);
        Thread large = new Thread(() -> {
            try {
                limits.free(limits.take(Long.MAX_VALUE / 2));
                taken.countDown();
            } catch (InterruptedException e) {
                // the test is over
            }
        });
        large.setDaemon(true);
        large.start();
        while (large.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        assertThat(taken.getCount()).isOne();
        limits.free(small);
        assertThat(taken.await(60, TimeUnit.SECONDS)).isTrue();
    }
}
