package org.pgpitr.service.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.TemporaryFolder;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.service.archive.PushLimits;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ForwardingStore;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.memory.MemoryStore;

class ArchiverTest {
    @TempDir
    private Path data;

    @TempDir
    private Path spool;

    private OfferedWal wal;
    private final Repository repository = new Repository(new MemoryStore(), new ClusterName("main"), Keys.none(), 3);
    private final Queue<String> pushed = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void begin() throws IOException {
        wal = new OfferedWal(data);
        repository.create(OfferedWal.CLUSTER);
    }

    private Consumer<Path> intoTheRepository() {
        LastingPush push = new LastingPush(List.of(repository), wal.directory(), new PushLimits(3), segment -> {});
        return file -> {
            push.accept(file);
            pushed.add(file.getFileName().toString());
        };
    }

    private RunningArchiver running(Consumer<Path> push) throws IOException {
        return new RunningArchiver(wal, spool, push);
    }

    @Test
    void what_is_offered_is_durable_before_it_is_acknowledged_for_the_very_file() throws Exception {
        List<WalSegmentName> before = wal.offer(1, 5);
        try (RunningArchiver archiver = running(intoTheRepository())) {
            before.forEach(archiver::awaitAcknowledged);
            WalSegmentName later = wal.offer(6);
            archiver.awaitAcknowledged(later);

            WalArchive archive = new WalArchive(repository.current());
            for (int i = 1; i <= 6; i++) {
                WalSegmentName name = OfferedWal.name(i);
                assertThat(archive.contains(name)).isTrue();
                assertThat(archiver.acknowledgement(name)).isEqualTo(Files.getLastModifiedTime(wal.file(name)));
            }
            assertThat(archiver.status()).containsEntry("last_archived", later);
        }
    }

    @Test
    @DisplayName("Class 10: a segment is acknowledged only when all before it are durable")
    void a_segment_is_acknowledged_only_when_all_before_it_are_durable() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        wal.offer(1, 6);
        try (RunningArchiver archiver = running(file -> {
            if (file.endsWith(OfferedWal.name(1).toString())) {
                await(first);
            }
            intoTheRepository().accept(file);
        })) {
            RunningArchiver.await("the others", () -> pushed.size() == 5);
            assertThat(archiver.acknowledged()).isEmpty();
            first.countDown();
            archiver.awaitAcknowledged(OfferedWal.name(6));
            assertThat(archiver.acknowledged()).hasSize(6);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PgpitrException(ExitCode.STORAGE_UNAVAILABLE, "interrupted");
        }
    }

    @Test
    void a_history_goes_before_segments_and_each_kind_of_file_has_an_acknowledgement_of_its_own() throws Exception {
        WalSegmentName segment = wal.offer(7);
        String partial = segment + ".partial";
        String history = "00000002.history";
        Files.copy(wal.file(segment), wal.file(partial));
        Files.writeString(wal.file(history), "1\t0/700028\tno recovery target specified\n");
        wal.offer(partial);
        wal.offer(history);
        CountDownLatch gate = new CountDownLatch(1);
        try (RunningArchiver archiver = running(file -> {
            if (file.endsWith(history)) {
                await(gate);
            }
            intoTheRepository().accept(file);
        })) {
            RunningArchiver.await("the others", () -> pushed.size() == 2);
            assertThat(archiver.acknowledged()).isEmpty();
            gate.countDown();
            List.of(history, segment, partial).forEach(archiver::awaitAcknowledged);
        }
    }

    @Test
    void an_acknowledgement_goes_when_postgresql_has_written_down_that_the_file_is_archived() throws Exception {
        wal.offer(1, 2);
        try (RunningArchiver archiver = running(intoTheRepository())) {
            archiver.awaitAcknowledged(OfferedWal.name(2));
            wal.done(OfferedWal.name(1));
            RunningArchiver.await("its removal", () -> !archiver.isAcknowledged(OfferedWal.name(1)));
            assertThat(archiver.isAcknowledged(OfferedWal.name(2))).isTrue();
        }
    }

    @Test
    void a_segment_behind_one_that_postgresql_has_not_decided_on_waits_until_the_hook_asks() throws Exception {
        wal.segment(1);
        WalSegmentName behind = wal.offer(2);
        try (RunningArchiver archiver = running(intoTheRepository())) {
            RunningArchiver.await("the push", () -> pushed.contains(behind.toString()));
            assertThat(archiver.isAcknowledged(behind)).isFalse();
            assertThat(archiver.ask(behind)).isEqualTo("look|PID|||");
            assertThat(archiver.isAcknowledged(behind)).isTrue();
        }
    }

    @Test
    void a_file_that_changed_while_it_was_pushed_is_not_acknowledged_as_it_was() throws Exception {
        WalSegmentName name = wal.offer(1);
        FileTime later =
                FileTime.fromMillis(Files.getLastModifiedTime(wal.file(name)).toMillis() + 5000);
        AtomicBoolean changed = new AtomicBoolean();
        try (RunningArchiver archiver = running(file -> {
            intoTheRepository().accept(file);
            if (!changed.getAndSet(true)) {
                touch(wal.file(name), later);
            }
        })) {
            archiver.awaitAcknowledged(name);
            assertThat(pushed).containsExactly(name.toString(), name.toString());
            assertThat(archiver.acknowledgement(name)).isEqualTo(later);
        }
    }

    private static void touch(Path file, FileTime time) {
        try {
            Files.setLastModifiedTime(file, time);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    @DisplayName("Class 18, 33: while the store is down hooks hear it at once, and nothing is dropped")
    void a_store_that_is_down_is_told_and_drained_to_when_it_is_back() throws Exception {
        AtomicBoolean down = new AtomicBoolean(true);
        wal.offer(1, 20);
        try (RunningArchiver archiver = running(file -> {
            if (down.get()) {
                throw new StorageException(StorageException.Kind.UNAVAILABLE, "could not put: | refused\nby a test");
            }
            intoTheRepository().accept(file);
        })) {
            assertThat(archiver.ask(OfferedWal.name(1)))
                    .startsWith("failed|PID|30|could not put:   refused by a test|");
            assertThat(archiver.acknowledged()).isEmpty();
            assertThat(archiver.status()).containsEntry("store_available", false);
            assertThat(archiver.registry()
                            .get("pgpitr.wal.archive.failures")
                            .counter()
                            .count())
                    .isPositive();
            down.set(false);
            archiver.awaitAcknowledged(OfferedWal.name(20));
            assertThat(archiver.acknowledged()).hasSize(20);
            assertThat(archiver.log())
                    .contains("is not archived: could not put")
                    .contains("archiving again");
        }
    }

    /** Answers or not, as a test wants it. */
    private static final class SwitchedStore extends ForwardingStore {
        private volatile boolean down;
        private final AtomicInteger refusals = new AtomicInteger();

        private SwitchedStore(ObjectStore store) {
            super(store);
        }

        private void requireUp() {
            if (down) {
                refusals.incrementAndGet();
                throw new StorageException(StorageException.Kind.UNAVAILABLE, "refused by a test");
            }
        }

        @Override
        public Optional<InputStream> open(ObjectKey key) {
            requireUp();
            return store.open(key);
        }

        @Override
        public ObjectStore.PutResult putIfAbsent(ObjectKey key, Content content) {
            requireUp();
            return store.putIfAbsent(key, content);
        }
    }

    private static boolean holds(Repository repository, int last) {
        WalArchive archive = new WalArchive(repository.current());
        return IntStream.rangeClosed(1, last).allMatch(number -> archive.contains(OfferedWal.name(number)));
    }

    @Test
    @DisplayName("Class 10, 18: a repository that is away keeps no WAL from another one, and nothing is acknowledged")
    void while_one_repository_is_away_the_other_one_gets_what_comes_and_nothing_is_acknowledged() throws Exception {
        SwitchedStore store = new SwitchedStore(new MemoryStore());
        Repository second = new Repository(store, new ClusterName("main"), Keys.none(), 3);
        second.create(OfferedWal.CLUSTER);
        store.down = true;
        wal.offer(1, 20);
        LastingPush push =
                new LastingPush(List.of(repository, second), wal.directory(), new PushLimits(3), segment -> {});
        AtomicInteger attempts = new AtomicInteger();
        try (RunningArchiver archiver = running(file -> {
            attempts.incrementAndGet();
            push.accept(file);
        })) {
            RunningArchiver.await("all in the one that is there", () -> holds(repository, 20));
            wal.offer(21);
            RunningArchiver.await("what comes then", () -> holds(repository, 21));
            assertThat(archiver.ask(OfferedWal.name(1)))
                    .startsWith("failed|PID|30|failed in 1 of 2 repositories; ")
                    .contains("refused by a test");
            assertThat(archiver.ask(OfferedWal.name(21))).startsWith("failed|PID|30|");
            assertThat(archiver.acknowledged()).isEmpty();
            assertThat(archiver.status())
                    .containsEntry("store_available", false)
                    .containsEntry("last_archived", null)
                    .doesNotContainEntry("next_attempt_seconds", null);
            assertThat(attempts.get())
                    .as("each file once, and now and then one that finds out whether it is over")
                    .isLessThan(21 + 10);
            assertThat(store.refusals.get())
                    .as("those that were under way at once, and who finds out")
                    .isLessThan(21);

            store.down = false;
            archiver.awaitAcknowledged(OfferedWal.name(21));
            assertThat(archiver.acknowledged()).hasSize(21);
            assertThat(holds(second, 21)).isTrue();
            assertThat(archiver.status())
                    .containsEntry("store_available", true)
                    .containsEntry("next_attempt_seconds", null);
            assertThat(archiver.log()).contains("archiving again");
        }
    }

    @Test
    void when_the_other_repository_fails_too_each_is_found_again_by_itself() throws Exception {
        SwitchedStore one = new SwitchedStore(new MemoryStore());
        SwitchedStore two = new SwitchedStore(new MemoryStore());
        List<Repository> both = List.of(
                new Repository(one, new ClusterName("main"), Keys.none(), 3),
                new Repository(two, new ClusterName("main"), Keys.none(), 3));
        both.forEach(each -> each.create(OfferedWal.CLUSTER));
        two.down = true;
        wal.offer(1, 3);
        try (RunningArchiver archiver =
                running(new LastingPush(both, wal.directory(), new PushLimits(3), segment -> {}))) {
            RunningArchiver.await("all in the first", () -> holds(both.get(0), 3));
            one.down = true;
            wal.offer(4, 6);
            RunningArchiver.await("both", () -> archiver.log().contains("failed in 2 of 2 repositories"));
            one.down = false;
            RunningArchiver.await("all in the first again", () -> holds(both.get(0), 6));
            assertThat(archiver.acknowledged()).isEmpty();
            two.down = false;
            archiver.awaitAcknowledged(OfferedWal.name(6));
            assertThat(holds(both.get(1), 6)).isTrue();
        }
    }

    @Test
    void a_temporary_folder_that_is_full_is_told_as_such_and_not_as_a_store_that_is_down() throws Exception {
        Path temporary = spool.resolve("temporary");
        wal.offer(1, 20);
        AtomicInteger attempts = new AtomicInteger();
        try (RunningArchiver archiver = running(file -> {
            attempts.incrementAndGet();
            deleted(new TemporaryFolder(temporary).file("as a large segment's", ""));
            intoTheRepository().accept(file);
        })) {
            assertThat(archiver.ask(OfferedWal.name(1)))
                    .startsWith("failed|PID|32|the temporary folder " + temporary + " can't be used: ")
                    .contains("|make room in it");
            assertThat(archiver.status())
                    .containsEntry("store_available", true)
                    .containsEntry("waiting_files", 20L)
                    .doesNotContainEntry("next_attempt_seconds", null);
            assertThat(attempts.get())
                    .as("those that were under way at once, and one that finds out whether it is over")
                    .isLessThan(10);

            Files.createDirectory(temporary);
            archiver.awaitAcknowledged(OfferedWal.name(20));
            assertThat(archiver.status()).containsEntry("next_attempt_seconds", null);
        }
    }

    private static void deleted(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void a_file_that_is_refused_holds_back_all_behind_it_and_its_reason_is_told_for_them() throws Exception {
        wal.offer(1, 3);
        try (RunningArchiver archiver = running(file -> {
            if (file.endsWith(OfferedWal.name(2).toString())) {
                throw new PgpitrException(ExitCode.WAL_CONFLICT, "other content", "run `pgpitr check`");
            }
            intoTheRepository().accept(file);
        })) {
            archiver.awaitAcknowledged(OfferedWal.name(1));
            String told = "failed|PID|22|other content|run `pgpitr check`";
            assertThat(archiver.ask(OfferedWal.name(2))).isEqualTo(told);
            assertThat(archiver.ask(OfferedWal.name(3))).isEqualTo(told);
            assertThat(archiver.acknowledged())
                    .containsExactly(OfferedWal.name(1).toString());
        }
    }

    @Test
    void where_the_spool_takes_nothing_the_hook_does_the_work_itself() throws Exception {
        try (RunningArchiver archiver = running(intoTheRepository())) {
            Files.delete(archiver.spool().acknowledged());
            WalSegmentName name = wal.offer(1);
            RunningArchiver.await("the push", () -> archiver.log().contains("can't write acknowledgements"));
            assertThat(archiver.ask(name)).isEqualTo("direct|PID|||");

            Files.createDirectory(archiver.spool().acknowledged());
            archiver.awaitAcknowledged(name);
        }
    }

    @Test
    void what_is_not_offered_is_left_to_who_calls_by_hand() throws Exception {
        WalSegmentName name = wal.segment(1);
        try (RunningArchiver archiver = running(intoTheRepository())) {
            assertThat(archiver.ask(name)).isEqualTo("direct|PID|||");
            assertThat(pushed).isEmpty();
        }
    }

    @Test
    void what_an_earlier_agent_left_is_not_believed_by_the_next_one() throws Exception {
        WalSegmentName name = wal.offer(1);
        try (RunningArchiver archiver = running(intoTheRepository())) {
            archiver.awaitAcknowledged(name);
        }
        try (RunningArchiver archiver = running(file -> {
            throw new StorageException(StorageException.Kind.UNAVAILABLE, "down");
        })) {
            assertThat(archiver.ask(name)).startsWith("failed|");
            assertThat(archiver.acknowledged()).isEmpty();
        }
    }

    @Test
    void answers_that_nobody_reads_do_not_stop_the_agent() throws Exception {
        try (RunningArchiver archiver = running(file -> {
            throw new StorageException(StorageException.Kind.UNAVAILABLE, "down ".repeat(300));
        })) {
            WalSegmentName name = wal.offer(1);
            for (int i = 0; i < 200; i++) {
                Path ask = archiver.spool().asked().resolve(name + "." + i);
                Files.writeString(ask, "");
                RunningArchiver.await("the answer", () -> !Files.exists(ask));
            }
        }
    }

    @Test
    @DisplayName("Class 10: a clock that is set back and forth changes nothing but what the log says")
    void a_clock_that_jumps_changes_nothing() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        Clock jumping = new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                Duration year = Duration.ofDays(365);
                return looks.incrementAndGet() % 2 == 0
                        ? Instant.now().plus(year)
                        : Instant.now().minus(year);
            }
        };
        AtomicBoolean down = new AtomicBoolean(true);
        wal.offer(1, 5);
        // Segments that seem to be of another time, as after a restart with another clock.
        touch(wal.file(OfferedWal.name(2)), FileTime.from(Instant.now().plus(Duration.ofDays(400))));
        touch(wal.file(OfferedWal.name(3)), FileTime.from(Instant.EPOCH));
        try (RunningArchiver archiver = new RunningArchiver(
                wal,
                spool,
                file -> {
                    if (down.get()) {
                        throw new StorageException(StorageException.Kind.UNAVAILABLE, "down");
                    }
                    intoTheRepository().accept(file);
                },
                jumping)) {
            assertThat(archiver.ask(OfferedWal.name(1))).startsWith("failed|PID|30|down");
            down.set(false);
            archiver.awaitAcknowledged(OfferedWal.name(5));
            for (int i = 1; i <= 5; i++) {
                assertThat(archiver.acknowledgement(OfferedWal.name(i)))
                        .isEqualTo(Files.getLastModifiedTime(wal.file(OfferedWal.name(i))));
            }
            assertThat(archiver.registry().get("pgpitr.wal.backlog.age").gauge().value())
                    .isNotNegative();
            assertThat(looks.get()).isGreaterThan(5);
        }
    }

    @Test
    void any_number_of_offers_is_taken_in_bounded_pieces() throws Exception {
        for (int i = 1; i <= 5000; i++) {
            wal.offer(OfferedWal.name(i).toString());
        }
        wal.offer("00000002.history");
        Backlog backlog = new ArchiveStatus(wal.directory())
                .look(Archiver.WINDOW, java.util.Set.of(OfferedWal.name(1).toString()));
        assertThat(backlog.files()).isEqualTo(5000);
        assertThat(backlog.segments()).isEqualTo(4999);
        assertThat(backlog.first()).hasSize(Archiver.WINDOW);
        assertThat(backlog.first().get(0)).hasToString("00000002.history");
        assertThat(backlog.first().get(1)).isEqualTo(OfferedWal.name(1));
    }

    @Test
    void a_defect_is_logged_with_every_cause_behind_it_in_a_line_each() throws Exception {
        wal.offer(1);
        try (RunningArchiver archiver = running(file -> {
            throw new IllegalStateException(
                    "outer", new IllegalArgumentException("of two\nlines", new ArithmeticException("inner")));
        })) {
            RunningArchiver.await("the log", () -> archiver.log().contains("inner"));

            List<String> lines = archiver.log().lines().toList();
            String here = ", at org.pgpitr.service.agent.ArchiverTest.";
            int first = indexOf(lines, " is not archived: a defect in pgpitr: java.lang.IllegalStateException: outer");
            assertThat(lines.get(first + 1)).contains("this was java.lang.IllegalStateException: outer" + here);
            assertThat(lines.get(first + 2))
                    .contains("caused by java.lang.IllegalArgumentException: of two lines" + here);
            assertThat(lines.get(first + 3)).contains("caused by java.lang.ArithmeticException: inner" + here);
        }
    }

    @Test
    void a_failure_that_is_no_defect_is_told_in_one_line() throws Exception {
        wal.offer(1);
        try (RunningArchiver archiver = running(file -> {
            throw new PgpitrException(
                    ExitCode.WAL_CONFLICT, "archived with other content", "look there", new IOException("inner"));
        })) {
            RunningArchiver.await("the log", () -> archiver.log().contains("archived with other content"));
            RunningArchiver.await(
                    "another attempt",
                    () -> archiver.log()
                                    .lines()
                                    .filter(line -> line.contains("is not archived"))
                                    .count()
                            > 1);

            assertThat(archiver.log()).doesNotContain("inner", "this was");
        }
    }

    private static int indexOf(List<String> lines, String part) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains(part)) {
                return i;
            }
        }
        throw new AssertionError(part + " is not in " + lines);
    }
}
