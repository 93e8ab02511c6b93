package org.pgpitr.service.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupCatalog;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.service.Progress;
import org.pgpitr.service.backup.SaidLines;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.faults.FaultPlan;
import org.pgpitr.storage.faults.FaultyStore;
import org.pgpitr.storage.local.LocalDiskStore;
import org.pgpitr.storage.memory.MemoryStore;

/** Class 31: a restore is finished, or it is plainly not; and what it says is durable is durable. */
class UnfinishedRestoreTest {
    @TempDir
    Path folder;

    private final MemoryStore store = new MemoryStore();
    private final Generation generation = RestoreFixture.generation(store, Encryption.NONE);

    private RestoreTask task(Generation from, BackupSummary backup, Path into, Durability durability) {
        return new RestoreTask(
                from,
                RestoreFixture.plan(backup),
                RestoreFixture.options(into),
                Progress.NONE,
                RestoreFixture.CLOCK,
                durability);
    }

    @Test
    void a_store_that_fails_at_any_call_never_leaves_what_looks_finished() throws Exception {
        RestoreFixture fixture = RestoreFixture.dataDirectory(31);
        BackupSummary backup = fixture.store(generation);
        FaultPlan counting = FaultPlan.none();
        Generation counted = RestoreFixture.generation(new FaultyStore(store, counting), Encryption.NONE);
        task(counted, backup, folder.resolve("whole"), path -> {}).run();
        assertThat(counting.calls()).isGreaterThan(4);
        for (long n = 1; n <= counting.calls(); n++) {
            for (FaultPlan.Moment moment : List.of(FaultPlan.Moment.BEFORE, FaultPlan.Moment.MIDWAY)) {
                for (FaultPlan.Span span : FaultPlan.Span.values()) {
                    FaultPlan plan = FaultPlan.nth(n, moment).lasting(span);
                    Generation faulty = RestoreFixture.generation(new FaultyStore(store, plan), Encryption.NONE);
                    Path into = folder.resolve(n + "-" + moment + "-" + span);
                    SaidLines said = new SaidLines();
                    try {
                        new RestoreTask(
                                        faulty,
                                        RestoreFixture.plan(backup),
                                        RestoreFixture.options(into),
                                        said,
                                        RestoreFixture.CLOCK,
                                        path -> {})
                                .run();
                        // only the lease may fail, and that is told
                        assertThat(said.lines)
                                .as("call %d, %s, %s", n, moment, span)
                                .anyMatch(line -> line.startsWith("could not "));
                        RestoredTree.assertIs(fixture, into);
                    } catch (StorageException e) {
                        RestoredTree.assertUnfinished(into);
                    }
                    delete(into);
                }
            }
        }
    }

    private static void delete(Path tree) throws IOException {
        if (Files.exists(tree)) {
            List<Path> all;
            try (Stream<Path> walk = Files.walk(tree)) {
                all = new ArrayList<>(walk.toList());
            }
            Collections.reverse(all);
            for (Path path : all) {
                Files.delete(path);
            }
        }
    }

    /** Class 27, and the order that makes a killed restore harmless. */
    @Test
    void every_file_and_directory_is_durable_before_pg_control_gets_its_name_and_its_directory_after()
            throws Exception {
        Path tablespace = folder.resolve("ts");
        BackupSummary backup = RestoreFixture.dataDirectory(32)
                .withTablespace(16385, "fast", tablespace.toString())
                .store(generation);
        Path into = folder.resolve("data");
        Path control = into.resolve("global/pg_control");
        Set<Path> before = Collections.synchronizedSet(new TreeSet<>());
        List<Path> after = Collections.synchronizedList(new ArrayList<>());
        task(generation, backup, into, path -> {
                    if (Files.exists(control)) {
                        after.add(path);
                    } else {
                        before.add(path);
                    }
                })
                .run();

        Set<Path> all = new TreeSet<>(List.of(folder));
        for (Path root : List.of(into, tablespace)) {
            try (Stream<Path> walk = Files.walk(root)) {
                walk.filter(path -> !Files.isSymbolicLink(path)).forEach(all::add);
            }
        }
        all.remove(control);
        all.add(into.resolve("global/pg_control.unfinished"));
        assertThat(before).isEqualTo(all);
        assertThat(after).containsExactly(into.resolve("global"), into);
    }

    @Test
    void an_fsync_that_fails_anywhere_never_leaves_what_looks_finished() throws Exception {
        BackupSummary backup = RestoreFixture.dataDirectory(33).store(generation);
        AtomicInteger syncs = new AtomicInteger();
        task(generation, backup, folder.resolve("whole"), path -> syncs.incrementAndGet())
                .run();
        int last = syncs.get();
        // the very last one makes the removal of the marker durable, when all is finished
        for (int n : new int[] {1, 2, last / 2, last - 10, last - 2, last - 1}) {
            AtomicInteger count = new AtomicInteger();
            Path into = folder.resolve("sync-" + n);
            assertThatThrownBy(() -> task(generation, backup, into, path -> {
                                if (count.incrementAndGet() == n) {
                                    throw new IOException("the disk is gone");
                                }
                            })
                            .run())
                    .as("fsync %d of %d", n, last)
                    .isInstanceOf(PgpitrException.class)
                    .hasMessageContaining("the disk is gone");
            RestoredTree.assertUnfinished(into);
        }
    }

    @Test
    void an_interrupted_restore_stops_and_is_not_finished() throws Exception {
        BackupSummary backup = RestoreFixture.dataDirectory(34).store(generation);
        Path into = folder.resolve("data");
        CountDownLatch begun = new CountDownLatch(1);
        Progress stuck = new Progress() {
            @Override
            public void begin(String what, long totalBytes) {}

            @Override
            public void advance(long bytes) {
                begun.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }

            @Override
            public void end() {}

            @Override
            public void say(String line) {}
        };
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread restoring = new Thread(() -> {
            try {
                new RestoreTask(
                                generation,
                                RestoreFixture.plan(backup),
                                RestoreFixture.options(into),
                                stuck,
                                RestoreFixture.CLOCK)
                        .run();
            } catch (CancellationException e) {
                failure.set(e);
            }
        });
        restoring.start();
        begun.await();
        restoring.interrupt();
        restoring.join();
        assertThat(failure.get()).isInstanceOf(CancellationException.class);
        RestoredTree.assertUnfinished(into);
    }

    /** The process is killed for real, once files are being written; then the user does as he is told. */
    @Test
    void a_killed_restore_can_not_be_started_and_the_next_one_says_so() throws Exception {
        RestoreFixture fixture = RestoreFixture.dataDirectory(35);
        Path repository = folder.resolve("repository");
        BackupSummary backup;
        try (LocalDiskStore disk = LocalDiskStore.create(repository)) {
            backup = fixture.store(RestoreFixture.generation(disk, Encryption.NONE));
        }
        Path into = folder.resolve("data");
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledRestore.class.getName(),
                        repository.toString(),
                        into.toString())
                .redirectError(folder.resolve("errors").toFile())
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(out.readLine())
                    .as("%s", Files.readString(folder.resolve("errors")))
                    .isEqualTo("writing");
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(into).isDirectory();
        RestoredTree.assertUnfinished(into);
        try (LocalDiskStore disk = LocalDiskStore.create(repository)) {
            Generation from = RestoreFixture.generation(disk, Encryption.NONE);
            assertThatThrownBy(() -> RestoreFixture.restore(from, backup, into))
                    .isInstanceOfSatisfying(
                            PgpitrException.class,
                            e -> assertThat(e.hint())
                                    .hasValueSatisfying(hint -> assertThat(hint).contains("remove it")));
            delete(into);
            RestoreFixture.restore(from, backup, into);
        }
        RestoredTree.assertIs(fixture, into);
    }

    /** Restores, and stands still as soon as files are being written. */
    static final class KilledRestore {
        private KilledRestore() {}

        public static void main(String[] args) throws IOException {
            Generation from = RestoreFixture.generation(new LocalDiskStore(Path.of(args[0])), Encryption.NONE);
            BackupSummary backup = new BackupCatalog(from).find(RestoreFixture.ID);
            AtomicInteger advances = new AtomicInteger();
            Progress stuck = new Progress() {
                @Override
                public void begin(String what, long totalBytes) {}

                @Override
                public void advance(long bytes) {
                    if (advances.incrementAndGet() > 20) {
                        System.out.println("writing");
                        while (true) {
                            Thread.onSpinWait();
                        }
                    }
                }

                @Override
                public void end() {}

                @Override
                public void say(String line) {}
            };
            new RestoreTask(
                            from,
                            RestoreFixture.plan(backup),
                            RestoreFixture.options(Path.of(args[1])),
                            stuck,
                            RestoreFixture.CLOCK)
                    .run();
        }
    }
}
