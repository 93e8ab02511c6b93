package org.pgpitr.repository.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupFixture.Compressible;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectStore.ListVisitor;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.faults.FaultPlan;
import org.pgpitr.storage.faults.FaultyStore;
import org.pgpitr.storage.faults.StoreOperation;
import org.pgpitr.storage.memory.MemoryStore;

class LaneFailureTest {
    private static final int CHUNK = 1 << 20;

    private final MemoryStore store = new MemoryStore();
    private final ExecutorService transfers = BackupFixture.daemons(4);

    @AfterEach
    void stop() {
        transfers.shutdownNow();
    }

    private void writeMegabytes(LaneWriter writer, int count) {
        for (int i = 0; i < count; i++) {
            writer.begin(ManifestEntry.file("base/5/" + i, CHUNK, 0600, BackupFixture.TIME));
            writer.write(BackupFixture.content(CHUNK, i, Compressible.NO), 0, CHUNK);
            writer.end();
        }
    }

    private int objects() {
        AtomicInteger count = new AtomicInteger();
        store.list("", (key, stat) -> {
            count.incrementAndGet();
            return ListVisitor.Next.CONTINUE;
        });
        return count.get();
    }

    @Test
    void a_failed_upload_surfaces_at_the_next_call_and_at_the_end() {
        FaultPlan plan = FaultPlan.nth(StoreOperation.PUT, 1, FaultPlan.Moment.BEFORE);
        Generation generation = BackupFixture.generation(new FaultyStore(store, plan), Encryption.NONE);
        Executor sameThread = Runnable::run;
        try (LaneWriter writer = new LaneWriter(generation, BackupFixture.ID, 0, sameThread)) {
            assertThatThrownBy(() -> writeMegabytes(writer, 40)).isInstanceOf(StorageException.class);
            assertThatThrownBy(() -> writer.begin(ManifestEntry.directory("d", 0700, BackupFixture.TIME)))
                    .isInstanceOfAny(IllegalStateException.class, StorageException.class);
            assertThatThrownBy(writer::finish).isInstanceOfAny(IllegalStateException.class, StorageException.class);
        }
        assertThat(objects()).isZero();
    }

    @Test
    void the_last_upload_failing_fails_the_lane() {
        FaultPlan plan = FaultPlan.nth(StoreOperation.PUT, 1, FaultPlan.Moment.BEFORE);
        Generation generation = BackupFixture.generation(new FaultyStore(store, plan), Encryption.NONE);
        try (LaneWriter writer = new LaneWriter(generation, BackupFixture.ID, 0, transfers)) {
            writeMegabytes(writer, 1);
            assertThatThrownBy(writer::finish).isInstanceOf(StorageException.class);
        }
    }

    @Test
    void an_object_that_a_lost_answer_left_is_taken_for_ones_own() {
        Generation generation = BackupFixture.generation(store, Encryption.NONE);
        BackupFixture.write(generation, 0, BackupFixture.mixedLane(3).subList(0, 4), transfers, new ArrayList<>());
        assertThatCode(() -> BackupFixture.write(
                        generation, 0, BackupFixture.mixedLane(3).subList(0, 4), transfers, new ArrayList<>()))
                .doesNotThrowAnyException();
    }

    @Test
    void an_object_of_somebody_else_in_its_place_is_never_taken_over() {
        Generation generation = BackupFixture.generation(store, Encryption.NONE);
        store.putIfAbsent(generation.layout().data(BackupFixture.ID.value(), 0, 0), Content.of(new byte[] {1, 2, 3}));
        try (LaneWriter writer = new LaneWriter(generation, BackupFixture.ID, 0, transfers)) {
            writeMegabytes(writer, 1);
            assertThatThrownBy(writer::finish)
                    .isInstanceOfSatisfying(
                            PgpitrException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.LOCKED));
        }
    }

    @Test
    void at_most_two_uploads_are_under_way_and_the_writer_waits() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        Executor blocked = work -> {
            begun.incrementAndGet();
            transfers.execute(() -> {
                await(release);
                work.run();
            });
        };
        Generation generation = BackupFixture.generation(store, Encryption.NONE);
        List<LaneTotals> totals = new ArrayList<>();
        Thread writing = new Thread(() -> {
            try (LaneWriter writer = new LaneWriter(generation, BackupFixture.ID, 0, blocked)) {
                writeMegabytes(writer, 100);
                totals.add(writer.finish());
            }
        });
        writing.start();
        while (writing.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        assertThat(begun).hasValue(2);
        release.countDown();
        writing.join();
        assertThat(totals.get(0).objects()).isEqualTo(objects()).isGreaterThan(5);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void a_lane_that_is_closed_before_its_end_stores_nothing_more() {
        List<Runnable> queued = new ArrayList<>();
        Generation generation = BackupFixture.generation(store, Encryption.NONE);
        try (LaneWriter writer = new LaneWriter(generation, BackupFixture.ID, 0, queued::add)) {
            writeMegabytes(writer, 20);
        }
        assertThat(queued).isNotEmpty();
        queued.forEach(Runnable::run);
        assertThat(objects()).isZero();
    }

    @Test
    void an_interrupted_writer_stops_waiting() throws Exception {
        List<Runnable> neverRun = new ArrayList<>();
        Generation generation = BackupFixture.generation(store, Encryption.NONE);
        List<Throwable> failures = new ArrayList<>();
        Thread writing = new Thread(() -> {
            try (LaneWriter writer = new LaneWriter(generation, BackupFixture.ID, 0, neverRun::add)) {
                writeMegabytes(writer, 100);
            } catch (CancellationException e) {
                failures.add(e);
            }
        });
        writing.start();
        while (writing.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        writing.interrupt();
        writing.join();
        assertThat(failures).hasSize(1);
    }

    @Test
    void a_broken_connection_while_reading_is_the_stores_failure_not_damage() {
        Generation generation = BackupFixture.generation(store, Encryption.NONE);
        LaneTotals totals = BackupFixture.write(
                generation, 0, BackupFixture.mixedLane(3).subList(0, 11), transfers, new ArrayList<>());
        for (int n = 1; n <= totals.objects(); n++) {
            FaultPlan plan = FaultPlan.nth(StoreOperation.OPEN, n, FaultPlan.Moment.MIDWAY);
            Generation faulty = BackupFixture.generation(new FaultyStore(store, plan), Encryption.NONE);
            try (LaneReader reader = new LaneReader(faulty, BackupFixture.ID, totals, transfers)) {
                assertThatThrownBy(() -> {
                            while (reader.next().isPresent()) {
                                continue;
                            }
                        })
                        .isInstanceOf(StorageException.class);
            }
        }
    }
}
