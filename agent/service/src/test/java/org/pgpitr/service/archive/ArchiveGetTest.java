package org.pgpitr.service.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pgpitr.service.archive.LocalFiles.SEGMENT;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.repository.codec.AgeIdentity;
import org.pgpitr.repository.codec.AgeRecipient;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.repository.stream.Piece;
import org.pgpitr.repository.stream.StreamArchive;
import org.pgpitr.service.archive.ArchiveGet.Outcome;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.faults.FaultPlan;
import org.pgpitr.storage.faults.FaultyStore;
import org.pgpitr.storage.faults.StoreOperation;
import org.pgpitr.storage.memory.MemoryStore;

class ArchiveGetTest {
    private static final ClusterIdentity CLUSTER = WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE);
    private static final Path PLACE = Path.of("pg_wal", "RECOVERYXLOG");

    @TempDir
    private Path directory;

    private LocalFiles local;
    private final List<String> warnings = new ArrayList<>();
    private final Repository first = repository(new MemoryStore());
    private final Repository second = repository(new MemoryStore());

    @BeforeEach
    void begin() throws IOException {
        local = new LocalFiles(directory);
        first.create(CLUSTER);
        second.create(CLUSTER);
    }

    private static Repository repository(ObjectStore store) {
        return new Repository(store, new ClusterName("main"), Keys.none(), 3);
    }

    private static byte[] segment(long seed) {
        return WalFiles.segment(SEGMENT, CLUSTER, seed);
    }

    private static void archive(Repository repository, String name, byte[] content) {
        new WalArchive(repository.current()).push(WalFileName.parse(name), Content.of(content));
    }

    private Outcome get(String name, Repository... repositories) {
        return get(name, new WantedGeneration.OfDataDirectory(directory), repositories);
    }

    private Outcome get(String name, WantedGeneration wanted, Repository... repositories) {
        return new ArchiveGet(List.of(repositories), directory, warnings::add).get(name, PLACE, wanted);
    }

    private static Repository failing(Repository repository, StoreOperation operation, int nth) {
        FaultPlan plan = FaultPlan.nth(operation, nth, FaultPlan.Moment.BEFORE).lasting(FaultPlan.Span.FROM_THEN_ON);
        return repository(new FaultyStore(repository.store(), plan));
    }

    private static void assertFails(ThrowingCallable call, ExitCode code, String message) {
        assertThatThrownBy(call).isInstanceOfSatisfying(PgpitrException.class, e -> {
            assertThat(e.exitCode()).isEqualTo(code);
            assertThat(e).hasMessageContaining(message);
        });
    }

    @Test
    void every_kind_of_file_is_put_in_place() throws IOException {
        archive(first, SEGMENT.toString(), segment(1));
        archive(first, "00000002.history", LocalFiles.HISTORY.getBytes(StandardCharsets.UTF_8));
        archive(first, SEGMENT + ".partial", segment(2));
        archive(first, SEGMENT + ".00000028.backup", LocalFiles.BACKUP.getBytes(StandardCharsets.UTF_8));
        assertThat(get(SEGMENT.toString(), first)).isEqualTo(Outcome.FOUND);
        assertThat(directory.resolve(PLACE)).hasBinaryContent(segment(1));
        assertThat(get("00000002.history", first)).isEqualTo(Outcome.FOUND);
        assertThat(directory.resolve(PLACE)).content().isEqualTo(LocalFiles.HISTORY);
        assertThat(get(SEGMENT + ".partial", first)).isEqualTo(Outcome.FOUND);
        assertThat(directory.resolve(PLACE)).hasBinaryContent(segment(2));
        assertThat(get(SEGMENT + ".00000028.backup", first)).isEqualTo(Outcome.FOUND);
        assertThat(directory.resolve(PLACE)).content().isEqualTo(LocalFiles.BACKUP);
        assertThat(local.wal()).containsExactly("RECOVERYXLOG");
    }

    @Test
    void absent_is_what_every_repository_says() throws IOException {
        assertThat(get(SEGMENT.toString(), first, second)).isEqualTo(Outcome.ABSENT);
        assertThat(get("00000002.history", first, second)).isEqualTo(Outcome.ABSENT);
        assertThat(local.wal()).isEmpty();
        archive(second, SEGMENT.toString(), segment(1));
        assertThat(get(SEGMENT.toString(), first, second)).isEqualTo(Outcome.FOUND);
    }

    @ParameterizedTest
    @EnumSource(StorageException.Kind.class)
    @DisplayName("Class 3: whatever keeps a store from answering is an error, not absence")
    void a_store_that_can_not_answer_is_an_error(StorageException.Kind kind) throws IOException {
        for (int nth = 1; nth <= 4; nth++) {
            FaultPlan plan = FaultPlan.nth(StoreOperation.OPEN, nth, FaultPlan.Moment.BEFORE)
                    .lasting(FaultPlan.Span.FROM_THEN_ON)
                    .as(kind);
            Repository failing = repository(new FaultyStore(first.store(), plan));
            assertThatThrownBy(() -> get(SEGMENT.toString(), failing)).isInstanceOf(StorageException.class);
        }
        assertThat(local.wal()).isEmpty();
    }

    @Test
    @DisplayName(
            "Class 3: with several repositories, one that fails keeps the absence of the others from being believed")
    void one_failing_repository_makes_absence_unproven() {
        for (int nth = 1; nth <= 4; nth++) {
            Repository failing = failing(first, StoreOperation.OPEN, nth);
            assertFails(
                    () -> get(SEGMENT.toString(), failing, second),
                    ExitCode.STORAGE_UNAVAILABLE,
                    "failed in 1 of 2 repositories");
            Repository failingAgain = failing(first, StoreOperation.OPEN, nth);
            assertFails(
                    () -> get(SEGMENT.toString(), second, failingAgain),
                    ExitCode.STORAGE_UNAVAILABLE,
                    "failed in 1 of 2 repositories");
        }
    }

    @Test
    @DisplayName("Class 3: a cluster's name that is not in the repository is an error, not absence")
    void a_repository_without_the_cluster_is_an_error() {
        assertFails(
                () -> get(SEGMENT.toString(), repository(new MemoryStore())), ExitCode.NO_REPOSITORY, "there is no");
        assertFails(
                () -> get(SEGMENT.toString(), first, repository(new MemoryStore())),
                ExitCode.NO_REPOSITORY,
                "failed in 1 of 2 repositories");
    }

    @Test
    @DisplayName("Class 3: a data directory of a cluster that is not in the repository is an error, not absence")
    void a_foreign_data_directory_is_an_error() throws IOException {
        local.controlFile(WalFiles.TWIN);
        assertFails(() -> get(SEGMENT.toString(), first), ExitCode.WAL_CONFLICT, "this cluster has system identifier");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "0000000100000000000000a3", "0000000100000000000000A3.zst", "00000002.historY"})
    @DisplayName("Class 3: a name that nothing can be archived under is an error, not absence")
    void another_name_is_an_error(String name) {
        assertFails(() -> get(name, first), ExitCode.USAGE, "not the name of a file that PostgreSQL archives");
    }

    @Test
    void a_repository_that_fails_is_passed_over_for_one_that_delivers() throws IOException {
        archive(first, SEGMENT.toString(), segment(1));
        archive(second, SEGMENT.toString(), segment(1));
        assertThat(get(SEGMENT.toString(), failing(first, StoreOperation.OPEN, 1), second))
                .isEqualTo(Outcome.FOUND);
        damage(first);
        assertThat(get(SEGMENT.toString(), first, second)).isEqualTo(Outcome.FOUND);
        assertThat(directory.resolve(PLACE)).hasBinaryContent(segment(1));
        assertFails(() -> get(SEGMENT.toString(), first), ExitCode.CORRUPT, "is damaged");
        assertThat(warnings)
                .hasSize(2)
                .allSatisfy(warning -> assertThat(warning)
                        .startsWith(SEGMENT + " comes from " + second.store().location() + ", because "
                                + first.store().location() + " failed: "));
        assertThat(warnings.get(1)).contains("is damaged");
    }

    private static void damage(Repository repository) throws IOException {
        ObjectStore store = repository.store();
        ObjectKey key = repository.current().layout().wal(SEGMENT);
        byte[] bytes;
        try (InputStream in = store.open(key).orElseThrow()) {
            bytes = in.readAllBytes();
        }
        bytes[bytes.length / 2] ^= 1;
        store.replace(key, Content.of(bytes), store.stat(key).orElseThrow().version());
    }

    @Test
    @DisplayName("Class 2: damaged WAL is an error and leaves nothing in place")
    void damaged_wal_is_not_delivered() throws IOException {
        archive(first, SEGMENT.toString(), segment(1));
        damage(first);
        assertFails(() -> get(SEGMENT.toString(), first), ExitCode.CORRUPT, "is damaged");
        assertThat(local.wal()).isEmpty();
    }

    @Test
    @DisplayName("Class 4: the destination is never there before it is whole")
    void nothing_is_seen_at_the_destination_before_it_is_whole() throws IOException {
        archive(first, SEGMENT.toString(), segment(1));
        AtomicInteger looks = new AtomicInteger();
        ObjectStore watching = new WatchedStore(first.store(), () -> {
            looks.incrementAndGet();
            assertThat(directory.resolve(PLACE)).doesNotExist();
        });
        assertThat(get(SEGMENT.toString(), repository(watching))).isEqualTo(Outcome.FOUND);
        assertThat(looks.get()).isGreaterThan(3);
        assertThat(directory.resolve(PLACE)).hasBinaryContent(segment(1));
    }

    @Test
    @DisplayName("Class 4: a download that breaks off leaves nothing in place")
    void a_broken_download_leaves_nothing() throws IOException {
        archive(first, SEGMENT.toString(), segment(1));
        Repository breaking = repository(
                new FaultyStore(first.store(), FaultPlan.nth(StoreOperation.OPEN, 3, FaultPlan.Moment.MIDWAY)));
        assertThatThrownBy(() -> get(SEGMENT.toString(), breaking)).isInstanceOf(StorageException.class);
        assertThat(local.wal()).isEmpty();
    }

    @Test
    @DisplayName("Class 19: a .backup is never delivered for the segment whose name it begins with")
    void a_backup_history_is_not_the_segment() {
        archive(first, SEGMENT + ".00000028.backup", LocalFiles.BACKUP.getBytes(StandardCharsets.UTF_8));
        assertThat(get(SEGMENT.toString(), first)).isEqualTo(Outcome.ABSENT);
    }

    @Test
    @DisplayName("Class 23: where only the .partial of a segment is archived, recovery gets that")
    void a_partial_segment_is_delivered_for_the_absent_whole_one() throws IOException {
        archive(first, SEGMENT + ".partial", segment(2));
        assertThat(get(SEGMENT.toString(), first)).isEqualTo(Outcome.FOUND);
        assertThat(directory.resolve(PLACE)).hasBinaryContent(segment(2));
    }

    @Test
    @DisplayName("Class 23: the whole segment goes before the .partial, in whichever repository it is")
    void the_whole_segment_goes_first() throws IOException {
        archive(first, SEGMENT + ".partial", segment(2));
        archive(second, SEGMENT.toString(), segment(1));
        assertThat(get(SEGMENT.toString(), first, second)).isEqualTo(Outcome.FOUND);
        assertThat(directory.resolve(PLACE)).hasBinaryContent(segment(1));
    }

    @Test
    @DisplayName(
            "Classes 3 and 23: while a repository can't tell whether it has the whole segment, no .partial is delivered")
    void a_partial_is_no_way_around_a_failing_repository() throws IOException {
        archive(first, SEGMENT + ".partial", segment(2));
        assertThatThrownBy(() -> get(SEGMENT.toString(), first, failing(second, StoreOperation.OPEN, 3)))
                .isInstanceOf(PgpitrException.class);
        assertThat(local.wal()).isEmpty();
    }

    @Test
    void the_generation_is_the_one_asked_for_or_the_data_directorys_or_the_newest() throws IOException {
        archive(first, SEGMENT.toString(), segment(1));
        ClusterIdentity upgraded = WalFiles.cluster(2, WalFiles.TWIN, Encryption.NONE);
        first.create(upgraded);
        archive(first, SEGMENT.toString(), WalFiles.segment(SEGMENT, upgraded, 2));
        byte[] old = segment(1);
        byte[] now = WalFiles.segment(SEGMENT, upgraded, 2);

        get(SEGMENT.toString(), first);
        assertThat(directory.resolve(PLACE)).hasBinaryContent(now);
        local.controlFile(WalFiles.CLUSTER);
        get(SEGMENT.toString(), first);
        assertThat(directory.resolve(PLACE)).hasBinaryContent(old);
        get(SEGMENT.toString(), new WantedGeneration.Numbered(2), first);
        assertThat(directory.resolve(PLACE)).hasBinaryContent(now);
        assertFails(
                () -> get(SEGMENT.toString(), new WantedGeneration.Numbered(3), first),
                ExitCode.NO_REPOSITORY,
                "there is no generation 3");
    }

    @Test
    void a_standby_that_lags_behind_gets_what_was_archived_before_encryption_was_turned_on() throws IOException {
        archive(first, SEGMENT.toString(), segment(1));
        AgeRecipient recipient = AgeIdentity.generate().recipient();
        Repository encrypting = new Repository(first.store(), first.name(), Keys.of(List.of(recipient), List.of()), 3);
        encrypting.create(WalFiles.cluster(2, WalFiles.CLUSTER, Encryption.AGE));
        local.controlFile(WalFiles.CLUSTER);

        assertThat(get(SEGMENT.toString(), first)).isEqualTo(Outcome.FOUND);
        assertThat(directory.resolve(PLACE)).hasBinaryContent(segment(1));
        assertThat(get("00000002.history", first)).isEqualTo(Outcome.ABSENT);
    }

    @Test
    void a_restored_backups_generation_is_found_by_what_it_is_where_its_number_is_another() {
        Repository late = repository(new MemoryStore());
        ClusterIdentity old = WalFiles.cluster(1, WalFiles.CLUSTER, Encryption.NONE);
        ClusterIdentity upgraded = WalFiles.cluster(2, WalFiles.TWIN, Encryption.NONE);
        first.create(upgraded);
        late.create(WalFiles.cluster(1, WalFiles.TWIN, Encryption.NONE));
        byte[] now = WalFiles.segment(SEGMENT, upgraded, 2);
        WantedGeneration wanted = new WantedGeneration.OfBackup(2, WalFiles.TWIN, Encryption.NONE);

        assertThat(get("00000002.history", wanted, first, late)).isEqualTo(Outcome.ABSENT);
        archive(late, SEGMENT.toString(), now);
        assertThat(get(SEGMENT.toString(), wanted, first, late)).isEqualTo(Outcome.FOUND);
        assertThat(directory.resolve(PLACE)).hasBinaryContent(now);
        assertThat(warnings).isEmpty();

        // What was before the upgrade: the late repository holds nothing of it, and says so
        WantedGeneration before = new WantedGeneration.OfBackup(1, WalFiles.CLUSTER, Encryption.NONE);
        assertThat(get(SEGMENT.toString(), before, first, late)).isEqualTo(Outcome.ABSENT);
        new WalArchive(first.generation(1)).push(SEGMENT, Content.of(WalFiles.segment(SEGMENT, old, 1)));
        assertThat(get(SEGMENT.toString(), before, late, first)).isEqualTo(Outcome.FOUND);
        assertThat(directory.resolve(PLACE)).hasBinaryContent(segment(1));
    }

    @Test
    void another_clusters_generation_of_the_same_number_is_never_read() throws IOException {
        Repository other = repository(new MemoryStore());
        other.create(WalFiles.cluster(1, WalFiles.TWIN, Encryption.NONE));
        archive(
                other,
                SEGMENT.toString(),
                WalFiles.segment(SEGMENT, other.current().identity(), 2));
        WantedGeneration wanted = new WantedGeneration.OfBackup(1, WalFiles.CLUSTER, Encryption.NONE);

        assertThat(get(SEGMENT.toString(), wanted, first, other)).isEqualTo(Outcome.ABSENT);
        assertFails(
                () -> get(SEGMENT.toString(), wanted, other),
                ExitCode.NO_REPOSITORY,
                "no repository holds a plain generation of cluster " + WalFiles.CLUSTER);
        assertFails(
                () -> get(SEGMENT.toString(), wanted, first, repository(new MemoryStore())),
                ExitCode.NO_REPOSITORY,
                "failed in 1 of 2 repositories");
        assertThat(local.wal()).isEmpty();
    }

    @Test
    void a_destination_may_be_absolute() throws IOException {
        archive(first, SEGMENT.toString(), segment(1));
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere")).resolve("x");
        Path nowhere = Path.of("/nowhere");
        assertThat(new ArchiveGet(List.of(first), nowhere, warnings::add)
                        .get(SEGMENT.toString(), elsewhere, new WantedGeneration.OfDataDirectory(nowhere)))
                .isEqualTo(Outcome.FOUND);
        assertThat(elsewhere).hasBinaryContent(segment(1));
    }

    private static void stream(Repository repository, byte[] content, int from, int to) {
        Lsn start = SEGMENT.start(CLUSTER.segmentSize());
        new StreamArchive(repository.current())
                .put(
                        new Piece(SEGMENT.timeline(), start.plus(from), start.plus(to)),
                        Content.of(content, from, to - from));
    }

    private static byte[] cut(byte[] content, int end) {
        byte[] beginning = content.clone();
        Arrays.fill(beginning, end, content.length, (byte) 0);
        return beginning;
    }

    @Test
    void an_absent_segment_is_put_together_from_its_pieces() throws IOException {
        stream(first, segment(1), 0, 9000);
        stream(first, segment(1), 9000, 30_000);
        assertThat(get(SEGMENT.toString(), first)).isEqualTo(Outcome.FOUND);
        assertThat(directory.resolve(PLACE)).hasBinaryContent(cut(segment(1), 30_000));
        assertThat(local.wal()).containsExactly("RECOVERYXLOG");
    }

    @Test
    void pieces_count_only_where_every_repository_says_that_the_segment_is_absent() {
        stream(first, segment(1), 0, 9000);
        archive(second, SEGMENT.toString(), segment(1));
        assertThat(get(SEGMENT.toString(), first, second)).isEqualTo(Outcome.FOUND);
        assertThat(directory.resolve(PLACE)).hasBinaryContent(segment(1));
    }

    @Test
    void the_longest_of_several_streams_is_delivered() {
        stream(first, segment(1), 0, 9000);
        stream(second, segment(1), 0, 8000);
        stream(second, segment(1), 8000, 20_000);
        assertThat(get(SEGMENT.toString(), first, second)).isEqualTo(Outcome.FOUND);
        assertThat(directory.resolve(PLACE)).hasBinaryContent(cut(segment(1), 20_000));
    }

    @Test
    void streams_that_contradict_each_other_are_refused() throws IOException {
        stream(first, segment(1), 0, 9000);
        stream(second, cut(segment(1), 4000), 0, 9000);
        assertFails(() -> get(SEGMENT.toString(), first, second), ExitCode.WAL_CONFLICT, "contradict each other");
        assertThat(local.wal()).isEmpty();
    }

    @Test
    @DisplayName("Class 3: a store that can't tell of its pieces may hold more of them")
    void a_store_that_can_not_tell_of_its_pieces_is_an_error() throws IOException {
        stream(first, segment(1), 0, 9000);
        Repository broken = failing(second, StoreOperation.LIST, 1);
        assertThatThrownBy(() -> get(SEGMENT.toString(), first, broken)).isInstanceOf(StorageException.class);
        assertThat(local.wal()).isEmpty();
    }

    @Test
    @DisplayName("Class 23: the partial segment is delivered where it holds all that the pieces hold")
    void a_partial_segment_that_goes_further_is_delivered() {
        archive(first, SEGMENT + ".partial", segment(1));
        stream(first, segment(1), 0, 9000);
        assertThat(get(SEGMENT.toString(), first)).isEqualTo(Outcome.FOUND);
        assertThat(directory.resolve(PLACE)).hasBinaryContent(segment(1));
    }

    @Test
    @DisplayName("Class 23: pieces are delivered where the timeline went on behind the end of the partial segment")
    void pieces_that_go_further_are_delivered() {
        archive(first, SEGMENT + ".partial", cut(segment(1), 9000));
        stream(first, segment(1), 0, 30_000);
        assertThat(get(SEGMENT.toString(), first)).isEqualTo(Outcome.FOUND);
        assertThat(directory.resolve(PLACE)).hasBinaryContent(cut(segment(1), 30_000));
    }

    @Test
    void the_pieces_of_another_timeline_are_not_delivered() {
        Lsn start = SEGMENT.start(CLUSTER.segmentSize());
        new StreamArchive(first.current())
                .put(
                        new Piece(new TimelineId(SEGMENT.timeline().value() + 1), start, start.plus(9000)),
                        Content.of(segment(1), 0, 9000));
        assertThat(get(SEGMENT.toString(), first)).isEqualTo(Outcome.ABSENT);
    }

    @Test
    void a_segment_that_was_completed_between_two_looks_is_not_absent() {
        ObjectStore completing = (ObjectStore) Proxy.newProxyInstance(
                ObjectStore.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("listAfter")) {
                        archive(first, SEGMENT.toString(), segment(1));
                    }
                    return method.invoke(first.store(), arguments);
                });
        assertThat(get(SEGMENT.toString(), repository(completing))).isEqualTo(Outcome.FOUND);
        assertThat(directory.resolve(PLACE)).hasBinaryContent(segment(1));
    }
}
