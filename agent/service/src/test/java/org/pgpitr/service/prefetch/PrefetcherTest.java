package org.pgpitr.service.prefetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.repository.stream.Piece;
import org.pgpitr.repository.stream.StreamArchive;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ForwardingStore;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.memory.MemoryStore;

/** The prefetcher on a real store and disk. */
class PrefetcherTest {
    private static final ClusterIdentity CLUSTER = WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE);
    private static final WalSegmentSize SIZE = CLUSTER.segmentSize();

    @TempDir
    private Path folder;

    private final MemoryStore store = new MemoryStore();
    private final Repository repository = new Repository(store, new ClusterName("main"), Keys.none(), 3);

    @BeforeEach
    void begin() {
        repository.create(CLUSTER);
    }

    private static WalSegmentName segment(int timeline, int number) {
        return WalSegmentName.of(new TimelineId(timeline), number, SIZE);
    }

    private static byte[] content(WalSegmentName name) {
        return WalFiles.segment(name, CLUSTER, name.segment());
    }

    private void archive(int timeline, int... numbers) {
        for (int number : numbers) {
            WalSegmentName name = segment(timeline, number);
            new WalArchive(repository.current()).push(name, Content.of(content(name)));
        }
    }

    private Recovering recovering() throws IOException {
        return new Recovering(folder, store, SIZE);
    }

    @Test
    void segments_behind_a_delivered_one_are_ready_as_deep_as_the_budget_says_and_whole() throws Exception {
        archive(1, 1, 2, 3, 4, 5, 6, 7);
        try (Recovering recovery = recovering().start(3)) {
            recovery.delivered(segment(1, 1));
            recovery.awaitTakeable(segment(1, 2), segment(1, 3), segment(1, 4));
            assertThat(recovery.status())
                    .containsEntry("following", true)
                    .containsEntry("ready_files", 3L)
                    .containsEntry("ready_bytes", 3L << 20);
            assertThat(recovery.take(segment(1, 2))).isEqualTo(content(segment(1, 2)));
            recovery.awaitTakeable(segment(1, 3), segment(1, 4), segment(1, 5));
            assertThat(recovery.take(segment(1, 3))).isEqualTo(content(segment(1, 3)));
            assertThat(recovery.take(segment(1, 4))).isEqualTo(content(segment(1, 4)));
            recovery.awaitTakeable(segment(1, 5), segment(1, 6), segment(1, 7));
            assertThat(recovery.count("pgpitr.prefetch.taken.files")).isEqualTo(3);
        }
    }

    @Test
    void a_segment_that_is_larger_than_the_budget_is_fetched_alone_and_none_ahead_without_a_budget() throws Exception {
        archive(1, 1, 2, 3);
        try (Recovering recovery = recovering().startWithBudget(1)) {
            recovery.delivered(segment(1, 1));
            recovery.awaitTakeable(segment(1, 2));
            assertThat(recovery.status()).containsEntry("ready_files", 1L).containsEntry("under_way", 0);
            assertThat(recovery.take(segment(1, 2))).isEqualTo(content(segment(1, 2)));
            recovery.awaitTakeable(segment(1, 3));
        }
        try (Recovering recovery = recovering().startWithBudget(0)) {
            recovery.delivered(segment(1, 1));
            assertThat(recovery.ask(segment(1, 2))).isEqualTo("take");
            assertThat(recovery.takeable()).isEmpty();
        }
    }

    /** Holds back the reading of a segment until it is told to go on. */
    private static final class HoldingStore extends ForwardingStore {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch mayGoOn = new CountDownLatch(1);
        private final String name;

        HoldingStore(ObjectStore store, WalSegmentName name) {
            super(store);
            this.name = name.toString();
        }

        @Override
        public Optional<InputStream> open(ObjectKey key) {
            if (key.toString().contains(name)) {
                begun.countDown();
                try {
                    mayGoOn.await();
                } catch (InterruptedException e) {
                    throw new StorageException(StorageException.Kind.INTERRUPTED, "interrupted", e);
                }
            }
            return super.open(key);
        }
    }

    @Test
    @DisplayName("Class 4: what is being fetched can't be taken, and who asks for it waits until it is whole")
    void a_hook_waits_for_a_segment_that_is_being_fetched() throws Exception {
        archive(1, 1, 2);
        HoldingStore holding = new HoldingStore(store, segment(1, 2));
        try (Recovering recovery = recovering().on(holding).start(3)) {
            recovery.delivered(segment(1, 1));
            holding.begun.await();
            assertThat(recovery.takeable()).isEmpty();
            assertThat(recovery.place(segment(1, 2))).doesNotExist();
            AtomicBoolean released = new AtomicBoolean();
            Thread later = new Thread(() -> {
                Recovering.await("the question", () -> !asks(recovery).isEmpty());
                released.set(true);
                holding.mayGoOn.countDown();
            });
            later.start();
            assertThat(recovery.ask(segment(1, 2))).isEqualTo("look");
            assertThat(released).isTrue();
            assertThat(recovery.take(segment(1, 2))).isEqualTo(content(segment(1, 2)));
            later.join();
        }
    }

    private static List<Path> asks(Recovering recovery) {
        try (Stream<Path> files = Files.list(recovery.spool.recovery().asked())) {
            return files.toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    @DisplayName(
            "Class 6: a file that is not the next one is fetched for the one that asks, and it begins anew behind it")
    void a_request_for_another_file_is_answered_by_itself() throws Exception {
        archive(1, 1, 2, 3, 4, 10, 11, 12);
        try (Recovering recovery = recovering().start(2)) {
            recovery.delivered(segment(1, 11));
            recovery.awaitTakeable(segment(1, 12));
            assertThat(recovery.ask(segment(1, 2))).isEqualTo("take");
            assertThat(recovery.handedOver()).hasBinaryContent(content(segment(1, 2)));
            recovery.awaitTakeable(segment(1, 3), segment(1, 4));
            assertThat(recovery.place(segment(1, 12))).doesNotExist();
        }
    }

    @Test
    @DisplayName("Class 6: that a segment is absent is looked up anew for each hook that asks, and never remembered")
    void an_absence_is_not_remembered() throws Exception {
        archive(1, 1);
        try (Recovering recovery = recovering().start(3)) {
            recovery.delivered(segment(1, 1));
            assertThat(recovery.ask(segment(1, 2))).isEqualTo("absent");
            assertThat(recovery.ask(segment(1, 2))).isEqualTo("absent");
            archive(1, 2);
            assertThat(recovery.ask(segment(1, 2))).isEqualTo("take");
            assertThat(recovery.handedOver()).hasBinaryContent(content(segment(1, 2)));
            assertThat(recovery.count("pgpitr.prefetch.absent.files")).isEqualTo(2);
            archive(1, 3, 4);
            assertThat(recovery.ask(segment(1, 3))).isIn("look", "take");
            recovery.delivered(segment(1, 3));
            recovery.awaitTakeable(segment(1, 4));
        }
    }

    @Test
    @DisplayName("Class 6: an absence is looked up in the generations of now, and not in those that were known")
    void a_generation_that_came_meanwhile_is_asked() throws Exception {
        archive(1, 1);
        try (Recovering recovery = recovering().start(3)) {
            recovery.delivered(segment(1, 1));
            assertThat(recovery.ask(segment(1, 2))).isEqualTo("absent");
            Generation next = repository.create(WalFiles.cluster(2, WalFiles.CLUSTER, Encryption.NONE));
            new WalArchive(next).push(segment(1, 2), Content.of(content(segment(1, 2))));
            assertThat(recovery.ask(segment(1, 2))).isEqualTo("take");
            assertThat(recovery.handedOver()).hasBinaryContent(content(segment(1, 2)));
        }
    }

    @Test
    void histories_are_brought_by_the_agent_and_said_to_be_absent_from_the_first_request_on() throws Exception {
        archive(1, 1, 2);
        archive(2, 3);
        String history = "1\t" + segment(1, 3).start(SIZE).plus(500) + "\tno recovery target specified\n";
        try (Recovering recovery = recovering().start(3)) {
            recovery.asked();
            Recovering.await(
                    "the recovery to be followed", () -> recovery.status().containsKey("last_delivered"));
            assertThat(recovery.ask("00000002.history")).isEqualTo("absent");
            new WalArchive(repository.current())
                    .push(WalFileName.parse("00000002.history"), Content.of(history.getBytes(StandardCharsets.UTF_8)));
            assertThat(recovery.ask("00000002.history")).isEqualTo("take");
            assertThat(recovery.handedOver()).hasContent(history);
            Files.move(recovery.handedOver(), recovery.data.resolve("pg_wal/00000002.history"));
            assertThat(recovery.ask(segment(1, 1))).isEqualTo("take");
            recovery.awaitTakeable(segment(1, 2), segment(2, 3));
        }
    }

    @Test
    @DisplayName("Class 3: a hook that would ask other repositories, or is of another server, is told nothing")
    void a_hook_with_another_environment_or_directory_does_it_itself() throws Exception {
        archive(1, 1);
        try (Recovering recovery = recovering()) {
            recovery.sameRepositories = variables -> !variables.containsKey("PATH");
            recovery.start(3).delivered(segment(1, 1));
            assertThat(recovery.ask(segment(1, 2))).isEqualTo("direct");
        }
        try (Recovering recovery = recovering().start(3)) {
            recovery.delivered(segment(1, 1));
            assertThat(recovery.ask(segment(1, 2), recovery.data.resolve("pg_wal"), "false"))
                    .isEqualTo("direct");
            assertThat(recovery.ask(segment(1, 2))).isEqualTo("absent");
        }
    }

    @Test
    @DisplayName("Class 6: what was found for one question is never there for another one")
    void a_file_whose_hook_was_killed_is_removed() throws Exception {
        archive(1, 1, 2, 10);
        try (Recovering recovery = recovering().start(1)) {
            recovery.delivered(segment(1, 1));
            assertThat(recovery.ask(segment(1, 10), recovery.data, "[ -f \"$3\" ] && exec 4<&-"))
                    .isEqualTo("take");
            Recovering.await(
                    "nothing to stay", () -> recovery.prefetched().toFile().list().length == 1);
            Path gone = recovery.spool
                    .recovery()
                    .asked()
                    .resolve(segment(1, 10) + ".4194305.00000000-0000-0000-0000-000000000000");
            Files.createFile(gone);
            Recovering.await("the question to be dropped", () -> !Files.exists(gone));
            assertThat(recovery.handedOver()).doesNotExist();
        }
    }

    @Test
    @DisplayName("Class 4: what a hook may take has its name only when it is sure which copy of the segment it is")
    void what_is_brought_has_another_name_until_it_is_whole() throws Exception {
        archive(1, 1, 10);
        List<String> seen = new CopyOnWriteArrayList<>();
        Recovering recovery = recovering();
        recovery.brought = seen::addAll;
        try (recovery) {
            recovery.start(1).delivered(segment(1, 1));
            assertThat(recovery.ask(segment(1, 10))).isEqualTo("take");
            assertThat(recovery.ask(segment(1, 20))).isEqualTo("absent");
            assertThat(seen)
                    .filteredOn(name -> name.startsWith(segment(1, 10) + "."))
                    .hasSize(1);
            assertThat(seen).allMatch(name -> name.equals("lock") || name.endsWith(".new"));
            assertThat(recovery.prefetched().toFile().list()).containsExactly("lock");
        }
    }

    @Test
    @DisplayName("Class 6: pieces of a stream and partial segments grow, and are never kept")
    void the_segment_at_the_end_of_a_stream_is_not_prefetched() throws Exception {
        archive(1, 1);
        Lsn start = segment(1, 2).start(SIZE);
        new StreamArchive(repository.current())
                .put(
                        new Piece(new TimelineId(1), start, start.plus(9000)),
                        Content.of(content(segment(1, 2)), 0, 9000));
        new WalArchive(repository.current())
                .push(WalFileName.parse(segment(1, 2) + ".partial"), Content.of(content(segment(1, 2))));
        archive(1, 3);
        try (Recovering recovery = recovering().start(3)) {
            recovery.delivered(segment(1, 1));
            // as it is now, for this question
            assertThat(recovery.ask(segment(1, 2))).isEqualTo("take");
            assertThat(recovery.handedOver()).hasBinaryContent(content(segment(1, 2)));
            assertThat(recovery.takeable()).doesNotContain(segment(1, 2).toString());
            assertThat(recovery.place(segment(1, 2))).doesNotExist();
        }
    }

    @Test
    @DisplayName("Class 6: across a timeline switch the segments of the timeline that PostgreSQL follows are fetched")
    void it_follows_the_history_that_the_recovery_was_given() throws Exception {
        archive(1, 1, 2, 3, 4);
        archive(2, 3, 4);
        try (Recovering recovery = recovering().start(3)) {
            String history = "1\t" + segment(1, 3).start(SIZE).plus(500) + "\tno recovery target specified\n";
            Files.writeString(recovery.data.resolve("pg_wal/00000002.history"), history, StandardCharsets.UTF_8);
            recovery.delivered("00000002.history");
            recovery.delivered(segment(1, 1));
            recovery.awaitTakeable(segment(1, 2), segment(2, 3), segment(2, 4));
        }
    }

    @Test
    void a_hook_with_another_configuration_begins_anew_with_that_one() throws Exception {
        archive(1, 1, 2, 3);
        try (Recovering recovery = recovering().start(1)) {
            recovery.delivered(segment(1, 1));
            recovery.awaitTakeable(segment(1, 2));
            String before = Files.readString(recovery.spool.recovery().folder().resolve("for"));
            recovery.delivered(segment(1, 2), "other.toml");
            recovery.awaitTakeable(segment(1, 3));
            assertThat(Files.readString(recovery.spool.recovery().folder().resolve("for")))
                    .isNotEqualTo(before)
                    .contains("other.toml");
            assertThat(recovery.place(segment(1, 2))).doesNotExist();
        }
    }

    @Test
    void when_keys_or_accounts_have_changed_it_begins_anew_with_those() throws Exception {
        archive(1, 1, 2, 3);
        try (Recovering recovery = recovering().start(1)) {
            recovery.delivered(segment(1, 1));
            recovery.awaitTakeable(segment(1, 2));
            recovery.outdated = true;
            recovery.delivered(segment(1, 2));
            recovery.awaitTakeable(segment(1, 3));
            assertThat(recovery.outdated).isFalse();
            assertThat(recovery.log.toString()).containsOnlyOnce("no longer following");
            recovery.delivered(segment(1, 2));
            Recovering.await("the word to be heard", () -> deliveries(recovery) == 0);
            assertThat(recovery.log.toString()).containsOnlyOnce("no longer following");
        }
    }

    /** Fails for as long as it is told to. */
    private static final class FailingStore extends ForwardingStore {
        private final AtomicBoolean fails = new AtomicBoolean(true);
        private final AtomicInteger calls = new AtomicInteger();

        FailingStore(ObjectStore store) {
            super(store);
        }

        @Override
        public Optional<InputStream> open(ObjectKey key) {
            calls.incrementAndGet();
            if (fails.get()) {
                throw new StorageException(StorageException.Kind.UNAVAILABLE, "the store is down");
            }
            return super.open(key);
        }
    }

    @Test
    @DisplayName("Class 3: a store that fails is left to archive-get, which says so, and tried again later")
    void a_store_that_fails_makes_it_step_aside() throws Exception {
        archive(1, 1, 2);
        FailingStore failing = new FailingStore(store);
        try (Recovering recovery = recovering().on(failing).start(3)) {
            recovery.asked();
            Recovering.await(
                    "the recovery to be followed", () -> recovery.status().containsKey("last_delivered"));
            assertThat(recovery.ask("00000002.history")).isEqualTo("direct");
            assertThat(recovery.status()).containsEntry("last_error", "the store is down");
            recovery.delivered(segment(1, 1));
            Recovering.await("the failure", () -> recovery.count("pgpitr.prefetch.failures") > 0);
            assertThat(recovery.ask(segment(1, 2))).isEqualTo("direct");
            assertThat(recovery.status()).containsEntry("last_error", "the store is down");
            failing.fails.set(false);
            recovery.awaitTakeable(segment(1, 2));
        }
    }

    @Test
    void when_the_recovery_is_over_nothing_stays_behind() throws Exception {
        archive(1, 1, 2, 3);
        try (Recovering recovery = recovering().start(3)) {
            recovery.delivered(segment(1, 1));
            recovery.awaitTakeable(segment(1, 2), segment(1, 3));
            Files.delete(recovery.data.resolve("standby.signal"));
            Recovering.await("the end", () -> !Files.exists(recovery.prefetched()));
            Recovering.await("that it is not needed", () -> recovery.idle().compareTo(Duration.ofDays(1)) > 0);
            assertThat(recovery.takeable()).isEmpty();
            recovery.delivered(segment(1, 1));
            Recovering.await("the word to be heard", () -> deliveries(recovery) == 0);
            assertThat(recovery.prefetched()).doesNotExist();
        }
    }

    private static long deliveries(Recovering recovery) {
        return recovery.spool.recovery().delivered().toFile().list().length;
    }

    @Test
    void a_recovery_that_pauses_keeps_nothing_on_the_disk() throws Exception {
        archive(1, 1, 2, 3, 4);
        try (Recovering recovery = recovering().start(2, Duration.ofMillis(300))) {
            recovery.delivered(segment(1, 1));
            Recovering.await("something fetched", () -> recovery.count("pgpitr.prefetch.fetched.files") > 0);
            Recovering.await("nothing kept", () -> recovery.takeable().isEmpty());
            // and goes on when it is asked again
            assertThat(recovery.ask(segment(1, 2))).isEqualTo("look");
        }
    }

    @Test
    @DisplayName("Class 4: what an agent left that was killed is never handed over")
    void leftovers_are_removed() throws Exception {
        Recovering recovery = recovering();
        Files.createDirectories(recovery.prefetched());
        Files.writeString(recovery.place(segment(1, 2)), "torn");
        Files.writeString(recovery.place(segment(1, 3) + ".fetched-1.pgpitr-99-1.tmp"), "torn");
        recovery.start(2);
        Recovering.await("the leftovers to go", () -> !Files.exists(recovery.prefetched()));
        archive(1, 1, 2, 3);
        recovery.delivered(segment(1, 1));
        recovery.awaitTakeable(segment(1, 2), segment(1, 3));
        recovery.stop();
        assertThat(recovery.prefetched()).doesNotExist();
    }

    @Test
    void a_second_prefetcher_with_another_spool_keeps_away() throws Exception {
        archive(1, 1, 2);
        try (Recovering recovery = recovering().start(1)) {
            recovery.delivered(segment(1, 1));
            recovery.awaitTakeable(segment(1, 2));
            new PrefetchFolder(recovery.data).removeLeftovers();
            assertThat(recovery.place(segment(1, 2))).hasBinaryContent(content(segment(1, 2)));
        }
    }

    @Test
    @DisplayName("Class 2: a segment whose bytes are not those that were archived is not handed over")
    void a_damaged_segment_is_not_kept() throws Exception {
        archive(1, 1, 2);
        ObjectStore damaging = new ForwardingStore(store) {
            @Override
            public Optional<InputStream> open(ObjectKey key) {
                return super.open(key)
                        .map(in -> key.toString().contains(segment(1, 2).toString()) ? cut(in) : in);
            }
        };
        try (Recovering recovery = recovering().on(damaging).start(2)) {
            recovery.delivered(segment(1, 1));
            Recovering.await("the failure", () -> recovery.count("pgpitr.prefetch.failures") > 0);
            assertThat(recovery.takeable()).isEmpty();
            assertThat(recovery.place(segment(1, 2))).doesNotExist();
            assertThat(recovery.ask(segment(1, 2))).isEqualTo("direct");
        }
    }

    private static InputStream cut(InputStream in) {
        try (in) {
            byte[] all = in.readAllBytes();
            return new java.io.ByteArrayInputStream(all, 0, all.length * 2 / 3);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
