package org.pgpitr.service.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.DataDirectoryContents;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupCatalog;
import org.pgpitr.repository.backup.LanePosition;
import org.pgpitr.repository.backup.LaneTotals;
import org.pgpitr.repository.backup.ManifestEntry;
import org.pgpitr.repository.backup.ManifestWriter;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.faults.FaultPlan;
import org.pgpitr.storage.faults.FaultyStore;
import org.pgpitr.storage.memory.MemoryStore;

class ParallelCopyTest {
    private static final Lsn START = Lsn.parse("0/5000028");
    private static final Lsn BEFORE = Lsn.parse("0/4000000");

    @TempDir
    Path data;

    private final MemoryStore store = new MemoryStore();
    private final Generation generation = TestGeneration.in(store);
    private final SaidLines said = new SaidLines();
    private final Map<String, byte[]> expected = new TreeMap<>();

    @BeforeEach
    void aCluster() throws IOException {
        Random random = new Random(3);
        write("PG_VERSION", "17\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        for (int database : List.of(1, 5)) {
            for (int relation = 16384; relation < 16420; relation++) {
                write("base/" + database + "/" + relation, Pages.random(random, random.nextInt(8), 0, BEFORE));
            }
            write("base/" + database + "/17000", Pages.random(random, 300 + database, 0, BEFORE));
        }
        Files.createDirectories(data.resolve("pg_tblspc"));
        Files.createDirectories(data.resolve("pg_replslot"));
    }

    private void write(String path, byte[] content) throws IOException {
        Files.createDirectories(data.resolve(path).getParent());
        Files.write(data.resolve(path), content);
        expected.put(path, content);
    }

    private List<LaneTotals> copy(ObjectStore into, long full, int workers, OnDamage onDamage, Runnable meanwhile)
            throws InterruptedException {
        FileList files = new DataDirectoryScan(
                        data, DataDirectoryContents.of(new PostgresMajor(17)), "PG_17_202406281", Set.of(), said)
                .run();
        Optional<PageCheck> pages = Optional.of(new PageCheck(Pages.SIZE, 131_072, START));
        Generation faulty = TestGeneration.through(into, generation);
        try (ManifestWriter manifest = new ManifestWriter(faulty, TestGeneration.BACKUP);
                Lanes lanes = new Lanes(faulty, TestGeneration.BACKUP, manifest, full)) {
            new ParallelCopy(
                            files,
                            lanes,
                            new DamageReport(onDamage, said),
                            () -> new FileCopier(data, pages, FileBytes::open, said))
                    .run(workers, meanwhile);
            assertThat(manifest.files()).isEqualTo(expected.size());
            lanes.totals().forEach(lane -> assertEnded(manifest, lane));
            return lanes.totals();
        }
    }

    /** Its place in the manifest's memory is given back. */
    private static void assertEnded(ManifestWriter manifest, LaneTotals lane) {
        ManifestEntry late = ManifestEntry.file("late", 0, 0600, Instant.EPOCH)
                .withSha256("0".repeat(64))
                .at(new LanePosition(lane.lane(), 0, 0, 0));
        assertThatThrownBy(() -> manifest.add(late)).isInstanceOf(IllegalStateException.class);
    }

    private void assertComplete(List<LaneTotals> lanes) {
        Map<String, byte[]> stored = TestGeneration.read(generation, lanes);
        assertThat(stored.keySet()).isEqualTo(expected.keySet());
        expected.forEach(
                (path, content) -> assertThat(stored.get(path)).as(path).isEqualTo(content));
    }

    @Test
    void every_file_stands_in_one_lane_or_another() throws Exception {
        List<LaneTotals> lanes = copy(store, Lanes.FULL, 2, OnDamage.FAIL, () -> {});

        assertThat(lanes).hasSizeLessThanOrEqualTo(2);
        assertComplete(lanes);
        assertThat(said.advanced.get())
                .isEqualTo(expected.values().stream()
                        .mapToLong(content -> content.length)
                        .sum());
    }

    @Test
    void full_lanes_are_ended_and_their_workers_begin_others() throws Exception {
        List<LaneTotals> lanes = copy(store, 500_000, 3, OnDamage.FAIL, () -> {});

        assertThat(lanes.size()).isGreaterThan(5);
        assertThat(lanes.stream().map(LaneTotals::lane).sorted())
                .containsExactlyElementsOf(
                        IntStream.range(0, lanes.size()).boxed().toList());
        assertComplete(lanes);
    }

    @Test
    void more_workers_than_files_do_no_harm() throws Exception {
        assertComplete(copy(store, Lanes.FULL, 64, OnDamage.FAIL, () -> {}));
    }

    @Test
    void a_damaged_page_stops_all_workers() throws Exception {
        byte[] content = expected.get("base/5/17000").clone();
        content[17 * Pages.SIZE + 1000] ^= 4;
        write("base/5/17000", content);

        assertThatThrownBy(() -> copy(store, Lanes.FULL, 2, OnDamage.FAIL, () -> {}))
                .isInstanceOfSatisfying(PgpitrException.class, e -> {
                    assertThat(e.exitCode()).isEqualTo(ExitCode.CORRUPT);
                    assertThat(e).hasMessageContaining("base/5/17000").hasMessageContaining("block 17");
                });
        assertNoThreadsLeft();
    }

    @Test
    void what_goes_on_meanwhile_can_stop_the_copying() throws Exception {
        RuntimeException stop = new PgpitrException(ExitCode.LOCKED, "the lease is lost");

        assertThatThrownBy(() -> copy(store, Lanes.FULL, 2, OnDamage.FAIL, () -> {
                    throw stop;
                }))
                .isSameAs(stop);
        assertNoThreadsLeft();
    }

    @Test
    void an_interruption_ends_all_workers() throws Exception {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> copy(store, Lanes.FULL, 2, OnDamage.FAIL, () -> {}))
                .isInstanceOfAny(InterruptedException.class, CancellationException.class);
        Thread.interrupted();
        assertNoThreadsLeft();
    }

    /** For every call of the store: it fails, the copy fails with it, and the next one is complete. */
    @ParameterizedTest
    @EnumSource(
            value = FaultPlan.Moment.class,
            names = {"BEFORE", "AFTER"})
    void a_store_that_fails_at_any_call_fails_the_copy_and_lists_no_backup(FaultPlan.Moment moment) throws Exception {
        FaultPlan counting = FaultPlan.none();
        copy(new FaultyStore(store, counting), 300_000, 2, OnDamage.FAIL, () -> {});
        assertThat(counting.calls()).isGreaterThan(5);

        for (long n = 1; n <= counting.calls(); n++) {
            store.delete(all());
            FaultPlan plan = FaultPlan.nth(n, moment);
            Throwable failure =
                    catchThrowable(() -> copy(new FaultyStore(store, plan), 300_000, 2, OnDamage.FAIL, () -> {}));
            if (plan.calls() < n) {
                // Which worker takes which file differs, and with it how many objects there are.
                assertThat(failure).isNull();
                continue;
            }
            assertThat(failure).as("call %d fails %s its effect", n, moment).isInstanceOf(StorageException.class);
            assertThat(new BackupCatalog(generation).list().backups()).isEmpty();
            assertNoThreadsLeft();

            store.delete(all());
            assertComplete(copy(store, 300_000, 2, OnDamage.FAIL, () -> {}));
        }
    }

    private List<org.pgpitr.storage.ObjectKey> all() {
        List<org.pgpitr.storage.ObjectKey> keys = new java.util.ArrayList<>();
        store.list(generation.layout().backupPrefix(), (key, stat) -> {
            keys.add(key);
            return ObjectStore.ListVisitor.Next.CONTINUE;
        });
        return keys;
    }

    /** A pool's end comes a moment before its threads'. */
    private static void assertNoThreadsLeft() throws InterruptedException {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("pgpitr-copy") || thread.getName().equals("pgpitr-upload")) {
                thread.join(10_000);
                assertThat(thread.isAlive()).as(thread.getName()).isFalse();
            }
        }
    }
}
