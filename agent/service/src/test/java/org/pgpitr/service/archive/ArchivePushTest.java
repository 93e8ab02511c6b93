package org.pgpitr.service.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pgpitr.service.archive.LocalFiles.SEGMENT;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentHeader;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.archive.WalArchive.Pushed;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.faults.FaultPlan;
import org.pgpitr.storage.faults.FaultyStore;
import org.pgpitr.storage.faults.StoreOperation;
import org.pgpitr.storage.memory.MemoryStore;

class ArchivePushTest {
    private static final ClusterIdentity CLUSTER = WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE);
    private static final ClusterIdentity TWIN = WalFiles.cluster(1, WalFiles.TWIN, Encryption.NONE);

    @TempDir
    private Path directory;

    private LocalFiles local;
    private final Repository repository = repository(new MemoryStore());

    @BeforeEach
    void begin() throws IOException {
        local = new LocalFiles(directory);
        repository.create(CLUSTER);
    }

    private static Repository repository(ObjectStore store) {
        return new Repository(store, new ClusterName("main"), Keys.none(), 3);
    }

    private ArchivePush push() {
        return new ArchivePush(List.of(repository), directory);
    }

    private WalArchive archive() {
        return new WalArchive(repository.current());
    }

    private static void assertFails(ThrowingCallable call, ExitCode code, String message) {
        assertFailsWith(call, code, message);
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        PgpitrException.class, e -> assertThat(e.hint()).isPresent());
    }

    private void assertNothingArchived() {
        assertThat(archive().scan().timelines()).isEmpty();
        assertThat(archive().histories().readable()).isEmpty();
    }

    @Test
    void a_segment_is_stored_once() throws IOException {
        Path file = local.segment(SEGMENT, CLUSTER, 1);
        ArchivePush.Result result = push().push(file);
        assertThat(result.name()).isEqualTo(SEGMENT);
        assertThat(result.bytes()).isEqualTo(1 << 20);
        assertThat(result.outcomes()).containsExactly(Pushed.STORED);
        assertThat(result.summary())
                .hasValueSatisfying(told -> assertThat(told.segment()).isEqualTo(SEGMENT));
        assertThat(archive().contains(SEGMENT)).isTrue();
        assertThat(local.wal()).containsExactly(SEGMENT.toString());
    }

    @Test
    void a_segment_is_read_once_for_all_repositories() throws IOException {
        Repository second = repository(new MemoryStore());
        second.create(CLUSTER);
        byte[] segment = WalFiles.segment(SEGMENT, CLUSTER, 1);
        AtomicLong read = new AtomicLong();
        Content counted = new Content() {
            @Override
            public long length() {
                return segment.length;
            }

            @Override
            public InputStream open() {
                return new FilterInputStream(new ByteArrayInputStream(segment)) {
                    @Override
                    public int read(byte[] into, int offset, int length) throws IOException {
                        int count = super.read(into, offset, length);
                        read.addAndGet(Math.max(0, count));
                        return count;
                    }
                };
            }
        };
        assertThat(new ArchivePush(List.of(repository, second), directory)
                        .push(SEGMENT, counted)
                        .outcomes())
                .containsExactly(Pushed.STORED, Pushed.STORED);
        assertThat(read).hasValue(segment.length + WalSegmentHeader.LENGTH);
    }

    @Test
    void a_path_may_be_absolute() throws IOException {
        Path file = local.segment(SEGMENT, CLUSTER, 1).toAbsolutePath();
        assertThat(push().push(directory.resolve("pg_wal").resolve(file.getFileName()))
                        .outcomes())
                .containsExactly(Pushed.STORED);
    }

    @Test
    @DisplayName(
            "Class 7: with archive_mode = always, primary and standby archive the same segment, which is no conflict")
    void the_same_segment_of_primary_and_standby_is_no_conflict(@TempDir Path standby) throws IOException {
        push().push(local.segment(SEGMENT, CLUSTER, 1));
        Path copy = new LocalFiles(standby).segment(SEGMENT, CLUSTER, 1);
        assertThat(new ArchivePush(List.of(repository), standby).push(copy).outcomes())
                .containsExactly(Pushed.ALREADY_THERE);
    }

    @Test
    @DisplayName("Class 7: of two clones of one cluster that archive the same segment name, the second is refused")
    void a_clone_with_other_wal_is_refused(@TempDir Path clone) throws IOException {
        push().push(local.segment(SEGMENT, CLUSTER, 1));
        Path other = new LocalFiles(clone).segment(SEGMENT, CLUSTER, 2);
        assertFails(
                () -> new ArchivePush(List.of(repository), clone).push(other),
                ExitCode.WAL_CONFLICT,
                "is already archived with different content (SHA-256 archived ");
    }

    @Test
    @DisplayName("Class 7: two servers that archive one name at the same moment never both win")
    void two_pushes_at_once_never_both_win(@TempDir Path clone) throws Exception {
        LocalFiles other = new LocalFiles(clone);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            WalSegmentName name = SEGMENT;
            for (int round = 0; round < 20; round++) {
                name = name.next(CLUSTER.segmentSize());
                Path here = local.segment(name, CLUSTER, 2L * round);
                Path there = other.segment(name, CLUSTER, 2L * round + 1);
                CyclicBarrier start = new CyclicBarrier(2);
                List<Future<String>> outcomes = List.of(
                        threads.submit(() -> outcome(start, new ArchivePush(List.of(repository), directory), here)),
                        threads.submit(() -> outcome(start, new ArchivePush(List.of(repository), clone), there)));
                assertThat(List.of(outcomes.get(0).get(), outcomes.get(1).get()))
                        .containsExactlyInAnyOrder("[STORED]", "WAL_CONFLICT");
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static String outcome(CyclicBarrier start, ArchivePush push, Path file) throws Exception {
        start.await();
        try {
            return push.push(file).outcomes().toString();
        } catch (PgpitrException e) {
            return e.exitCode().name();
        }
    }

    @Test
    @DisplayName("Class 7: a segment of another cluster is refused")
    void a_segment_of_another_cluster_is_refused() throws IOException {
        Path file = local.segment(SEGMENT, TWIN, 1);
        assertFails(
                () -> push().push(file),
                ExitCode.WAL_CONFLICT,
                "this cluster has system identifier 7312345678901234568, and cluster \"main\" in memory: has "
                        + "7312345678901234567");
        assertNothingArchived();
    }

    @Test
    void after_an_upgrade_each_clusters_wal_goes_to_its_own_generation() throws IOException {
        ClusterIdentity upgraded = WalFiles.cluster(2, WalFiles.TWIN, Encryption.NONE);
        repository.create(upgraded);
        push().push(local.segment(SEGMENT, CLUSTER, 1));
        push().push(local.segment(SEGMENT, upgraded, 2));
        assertThat(new WalArchive(repository.generation(1)).contains(SEGMENT)).isTrue();
        assertThat(new WalArchive(repository.generation(2)).contains(SEGMENT)).isTrue();
    }

    @Test
    void files_that_do_not_say_whose_they_are_follow_the_control_file() throws IOException {
        repository.create(WalFiles.cluster(2, WalFiles.TWIN, Encryption.NONE));
        Path history = local.file("00000002.history", LocalFiles.HISTORY);
        local.controlFile(WalFiles.CLUSTER);
        push().push(history);
        assertThat(new WalArchive(repository.generation(1)).histories().readable())
                .hasSize(1);
        assertThat(new WalArchive(repository.generation(2)).histories().readable())
                .isEmpty();
        Files.delete(directory.resolve("global/pg_control"));
        push().push(history);
        assertThat(new WalArchive(repository.generation(2)).histories().readable())
                .hasSize(1);
    }

    @Test
    void a_history_of_a_cluster_that_is_not_in_the_repository_is_refused() throws IOException {
        local.controlFile(WalFiles.TWIN);
        Path history = local.file("00000002.history", LocalFiles.HISTORY);
        assertFails(() -> push().push(history), ExitCode.WAL_CONFLICT, "this cluster has system identifier");
        Files.write(directory.resolve("global/pg_control"), new byte[3]);
        assertFails(
                () -> push().push(history), ExitCode.CORRUPT, "can't read " + directory.resolve("global/pg_control"));
    }

    @Test
    @DisplayName(
            "Class 22: history, partial and backup files of a timeline switch are archived as they come, and again")
    void the_files_of_a_timeline_switch_are_archived() throws IOException {
        WalSegmentName next = SEGMENT.on(new org.pgpitr.postgres.TimelineId(2));
        byte[] copied = WalFiles.segment(next, CLUSTER, 1);
        WalFiles.header(
                copied,
                0xD116,
                SEGMENT.timeline(),
                SEGMENT.start(CLUSTER.segmentSize()).value(),
                CLUSTER);
        List<Path> files = List.of(
                local.file("00000002.history", LocalFiles.HISTORY),
                local.file(SEGMENT + ".partial", WalFiles.segment(SEGMENT, CLUSTER, 1)),
                local.file(next.toString(), copied),
                local.file(SEGMENT + ".00000028.backup", LocalFiles.BACKUP));
        for (Pushed expected : List.of(Pushed.STORED, Pushed.ALREADY_THERE)) {
            for (Path file : files) {
                assertThat(push().push(file).outcomes()).as(file.toString()).containsExactly(expected);
            }
        }
        for (Path file : files) {
            assertThat(archive().contains(WalFileName.parse(file.getFileName().toString())))
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no history\n", "2\t0/A300000\n", "1\n", "1\tx/y\treason\n"})
    void a_history_that_makes_no_sense_is_refused(String text) throws IOException {
        Path file = local.file("00000002.history", text);
        assertFails(() -> push().push(file), ExitCode.CORRUPT, "00000002.history ");
        assertNothingArchived();
    }

    @Test
    void a_backup_history_that_does_not_fit_its_name_is_refused() throws IOException {
        for (String text : List.of(
                "",
                "no backup\n",
                LocalFiles.BACKUP.replace("0/A300028", "0/A300030"),
                LocalFiles.BACKUP.replace("00A3)\nSTOP", "00A4)\nSTOP"))) {
            Path file = local.file(SEGMENT + ".00000028.backup", text);
            assertFails(() -> push().push(file), ExitCode.CORRUPT, SEGMENT + ".00000028.backup ");
        }
    }

    @Test
    @DisplayName("Class 2: a truncated, zeroed or misnamed segment is not archived")
    void a_damaged_segment_is_refused() throws IOException {
        byte[] good = WalFiles.segment(SEGMENT, CLUSTER, 1);
        for (byte[] damaged : List.of(new byte[0], new byte[1 << 20], Arrays.copyOf(good, 8192))) {
            Path file = local.file(SEGMENT.toString(), damaged);
            assertFails(() -> push().push(file), ExitCode.CORRUPT, SEGMENT.toString());
        }
        Path misnamed = local.file(SEGMENT.next(CLUSTER.segmentSize()).toString(), good);
        assertFails(() -> push().push(misnamed), ExitCode.CORRUPT, "which is not where its name says");
        assertNothingArchived();
    }

    @Test
    void what_is_no_wal_file_is_refused() throws IOException {
        Path other = local.file("notes.txt", "x");
        assertFails(
                () -> push().push(other), ExitCode.USAGE, "not the name of a file that PostgreSQL archives: notes.txt");
        Path lower = local.file("0000000100000000000000a3", "x");
        assertFails(() -> push().push(lower), ExitCode.USAGE, "not the name of a file");
    }

    @Test
    @DisplayName("Class 1: a file that is not there is an error, never success")
    void a_missing_file_is_an_error() throws IOException {
        assertFails(
                () -> push().push(Path.of("pg_wal", SEGMENT.toString())),
                ExitCode.USAGE,
                "there is no file " + directory.resolve("pg_wal").resolve(SEGMENT.toString()));
        Files.createDirectory(directory.resolve("pg_wal").resolve(SEGMENT.toString()));
        assertFails(() -> push().push(Path.of("pg_wal", SEGMENT.toString())), ExitCode.USAGE, "there is no file");
    }

    @Test
    @DisplayName("Class 1: a store that can't answer is an error, never success")
    void a_failing_store_is_an_error() throws IOException {
        Path file = local.segment(SEGMENT, CLUSTER, 1);
        for (StorageException.Kind kind : StorageException.Kind.values()) {
            for (StoreOperation operation : List.of(StoreOperation.OPEN, StoreOperation.PUT)) {
                FaultPlan always = FaultPlan.nth(operation, 1, FaultPlan.Moment.BEFORE)
                        .lasting(FaultPlan.Span.FROM_THEN_ON)
                        .as(kind);
                Repository failing = repository(new FaultyStore(repository.store(), always));
                assertThatThrownBy(() -> new ArchivePush(List.of(failing), directory).push(file))
                        .isInstanceOf(StorageException.class);
            }
        }
        assertNothingArchived();
    }

    @Test
    void without_init_there_is_no_repository() throws IOException {
        Path file = local.segment(SEGMENT, CLUSTER, 1);
        assertFails(
                () -> new ArchivePush(List.of(repository(new MemoryStore())), directory).push(file),
                ExitCode.NO_REPOSITORY,
                "there is no cluster \"main\" in memory:");
    }

    @Test
    @DisplayName("Class 1: success is told only when every repository has the file")
    void all_repositories_have_to_take_the_file() throws IOException {
        Repository second = repository(new MemoryStore());
        second.create(CLUSTER);
        Path file = local.segment(SEGMENT, CLUSTER, 1);
        FaultPlan fault = FaultPlan.nth(StoreOperation.PUT, 1, FaultPlan.Moment.BEFORE);
        Repository broken = repository(new FaultyStore(second.store(), fault));
        assertFailsWith(
                () -> new ArchivePush(List.of(broken, repository), directory).push(file),
                ExitCode.STORAGE_UNAVAILABLE,
                "failed in 1 of 2 repositories; memory:: could not put main/1/wal/");
        assertThat(archive().contains(SEGMENT)).isTrue();
        assertThat(new WalArchive(second.current()).contains(SEGMENT)).isFalse();

        assertThat(new ArchivePush(List.of(broken, repository), directory)
                        .push(file)
                        .outcomes())
                .containsExactly(Pushed.STORED, Pushed.ALREADY_THERE);
    }

    @Test
    void several_failures_are_told_together() throws IOException {
        Repository empty = repository(new MemoryStore());
        Path file = local.segment(SEGMENT, TWIN, 1);
        assertThatThrownBy(() -> new ArchivePush(List.of(repository, empty), directory).push(file))
                .isInstanceOfSatisfying(PgpitrException.class, e -> {
                    assertThat(e.exitCode()).isEqualTo(ExitCode.WAL_CONFLICT);
                    assertThat(e)
                            .hasMessageStartingWith("failed in 2 of 2 repositories; ")
                            .hasMessageContaining("this cluster has system identifier")
                            .hasMessageContaining("there is no cluster \"main\"");
                    assertThat(e.getSuppressed()).hasSize(1);
                });
    }

    private static void assertFailsWith(ThrowingCallable call, ExitCode code, String message) {
        assertThatThrownBy(call).isInstanceOfSatisfying(PgpitrException.class, e -> {
            assertThat(e.exitCode()).isEqualTo(code);
            assertThat(e).hasMessageContaining(message);
        });
    }
}
