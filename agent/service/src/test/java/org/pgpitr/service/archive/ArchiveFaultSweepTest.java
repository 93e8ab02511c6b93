package org.pgpitr.service.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pgpitr.service.archive.LocalFiles.SEGMENT;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.repository.codec.AgeIdentity;
import org.pgpitr.repository.codec.DecodedFile;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.service.archive.ArchiveGet.Outcome;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.faults.FaultPlan;
import org.pgpitr.storage.faults.FaultPlan.Moment;
import org.pgpitr.storage.faults.FaultPlan.Span;
import org.pgpitr.storage.faults.FaultyStore;
import org.pgpitr.storage.memory.MemoryStore;
import org.pgpitr.storage.retry.RetryPolicy;
import org.pgpitr.storage.retry.RetryingStore;

/**
 * For every n the n-th call to the stores fails, before its effect, after it or midway, once or for good; then the
 * command runs again on what that left. Acknowledged means durable in all repositories; a name never gets a second
 * content; a file that is there is never absent; nothing but a whole file gets its name.
 */
class ArchiveFaultSweepTest {
    private static final AgeIdentity OWN = AgeIdentity.generate();
    private static final Path PLACE = Path.of("pg_wal", "RECOVERYXLOG");

    @TempDir
    private Path directory;

    private LocalFiles local;

    /** Two stores with one cluster, and what of them outlives a failure. */
    private record Stores(List<ObjectStore> disks, Encryption encryption) {
        static Stores created(Encryption encryption) {
            Stores stores = new Stores(List.of(new MemoryStore(), new MemoryStore()), encryption);
            stores.repositories(FaultPlan.none(), Retries.NONE).forEach(r -> r.create(stores.cluster()));
            return stores;
        }

        ClusterIdentity cluster() {
            return WalFiles.cluster(1, WalFiles.CLUSTER, encryption);
        }

        List<Repository> repositories(FaultPlan plan, Retries retries) {
            Keys keys = encryption == Encryption.NONE ? Keys.none() : Keys.of(List.of(OWN.recipient()), List.of(OWN));
            return disks.stream()
                    .map(disk -> new FaultyStore(disk, plan))
                    .map(store -> retries == Retries.NONE ? store : new RetryingStore(store, Retries.POLICY))
                    .map(store -> new Repository(store, new ClusterName("main"), keys, 1))
                    .toList();
        }
    }

    private enum Retries {
        NONE,
        SOME;

        private static final RetryPolicy POLICY =
                new RetryPolicy(3, Duration.ofSeconds(20), Duration.ofMillis(1), Duration.ofMillis(2));
    }

    @BeforeEach
    void begin() throws IOException {
        local = new LocalFiles(directory);
    }

    static Stream<Arguments> faults() {
        List<Arguments> all = new ArrayList<>();
        for (Encryption encryption : Encryption.values()) {
            for (Moment moment : Moment.values()) {
                for (Span span : Span.values()) {
                    all.add(Arguments.of(encryption, moment, span));
                }
            }
        }
        return all.stream();
    }

    /** One run of a command against stores that fail as planned. */
    private interface Run {
        void against(Stores stores, FaultPlan plan) throws IOException;
    }

    /** Runs for n = 1, 2, … until no call is left to fail. */
    private void sweep(Encryption encryption, Moment moment, Span span, Run run) throws IOException {
        for (int n = 1; ; n++) {
            assertThat(n).isLessThan(50);
            FaultPlan plan = FaultPlan.nth(n, moment).lasting(span);
            run.against(Stores.created(encryption), plan);
            Files.deleteIfExists(directory.resolve(PLACE));
            if (!plan.struck()) {
                assertThat(n).as("calls that were failed").isGreaterThan(3);
                return;
            }
        }
    }

    private static void assertArchived(Stores stores, byte[] content) throws IOException {
        for (Repository repository : stores.repositories(FaultPlan.none(), Retries.NONE)) {
            Generation generation = repository.current();
            ObjectKey key = generation.layout().wal(SEGMENT);
            try (DecodedFile file = generation
                    .codec()
                    .decodeFile(key, generation.store().open(key).orElseThrow())) {
                assertThat(file.content().readAllBytes()).isEqualTo(content);
            }
        }
    }

    private static void assertIsAFailure(RuntimeException e) {
        if (e instanceof PgpitrException p) {
            assertThat(p.exitCode()).isEqualTo(ExitCode.STORAGE_UNAVAILABLE);
        } else {
            assertThat(e).isInstanceOf(StorageException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("faults")
    @DisplayName(
            "Class 1: archive-push, every call failed: what was acknowledged is durable, and running again mends the rest")
    void push(Encryption encryption, Moment moment, Span span) throws IOException {
        sweep(encryption, moment, span, (stores, plan) -> {
            Path file = local.segment(SEGMENT, stores.cluster(), 1);
            byte[] content = Files.readAllBytes(directory.resolve(file));
            try {
                new ArchivePush(stores.repositories(plan, Retries.NONE), directory).push(file);
                assertArchived(stores, content);
            } catch (StorageException | PgpitrException e) {
                assertIsAFailure(e);
                assertThat(plan.struck()).isTrue();
            }
            new ArchivePush(stores.repositories(FaultPlan.none(), Retries.NONE), directory).push(file);
            assertArchived(stores, content);
        });
    }

    @ParameterizedTest
    @MethodSource("faults")
    @DisplayName("Classes 7 and 8: archive-push of other content, every call failed: it never gets in")
    void push_of_other_content(Encryption encryption, Moment moment, Span span) throws IOException {
        sweep(encryption, moment, span, (stores, plan) -> {
            Path file = local.segment(SEGMENT, stores.cluster(), 1);
            byte[] content = Files.readAllBytes(directory.resolve(file));
            new ArchivePush(stores.repositories(FaultPlan.none(), Retries.NONE), directory).push(file);
            local.segment(SEGMENT, stores.cluster(), 2);
            assertThatThrownBy(() -> new ArchivePush(stores.repositories(plan, Retries.NONE), directory).push(file))
                    .isInstanceOf(PgpitrException.class);
            assertArchived(stores, content);
        });
    }

    @ParameterizedTest
    @MethodSource("faults")
    @DisplayName(
            "Classes 2, 3 and 4: archive-get, every call failed: the whole file, or an error and no file; never absent")
    void get(Encryption encryption, Moment moment, Span span) throws IOException {
        sweep(encryption, moment, span, (stores, plan) -> {
            Path file = local.segment(SEGMENT, stores.cluster(), 1);
            byte[] content = Files.readAllBytes(directory.resolve(file));
            new ArchivePush(stores.repositories(FaultPlan.none(), Retries.NONE), directory).push(file);
            try {
                ArchiveGet one =
                        new ArchiveGet(stores.repositories(plan, Retries.NONE).subList(0, 1), directory, w -> {});
                assertThat(one.get(SEGMENT.toString(), PLACE, new WantedGeneration.OfDataDirectory(directory)))
                        .isEqualTo(Outcome.FOUND);
                assertThat(directory.resolve(PLACE)).hasBinaryContent(content);
            } catch (StorageException | PgpitrException e) {
                assertIsAFailure(e);
                assertThat(plan.struck()).isTrue();
                assertThat(local.wal()).containsExactly(SEGMENT.toString());
            }
            assertArchived(stores, content);
        });
    }

    @ParameterizedTest
    @MethodSource("faults")
    @DisplayName("Class 3: archive-get of a file that only the second repository has: found, or an error; never absent")
    void get_from_the_second_repository(Encryption encryption, Moment moment, Span span) throws IOException {
        sweep(encryption, moment, span, (stores, plan) -> {
            Path file = local.segment(SEGMENT, stores.cluster(), 1);
            byte[] content = Files.readAllBytes(directory.resolve(file));
            new ArchivePush(stores.repositories(FaultPlan.none(), Retries.NONE).subList(1, 2), directory).push(file);
            try {
                assertThat(new ArchiveGet(stores.repositories(plan, Retries.NONE), directory, w -> {})
                                .get(SEGMENT.toString(), PLACE, new WantedGeneration.OfDataDirectory(directory)))
                        .isEqualTo(Outcome.FOUND);
                assertThat(directory.resolve(PLACE)).hasBinaryContent(content);
            } catch (StorageException | PgpitrException e) {
                assertIsAFailure(e);
                assertThat(plan.struck()).isTrue();
                assertThat(local.wal()).containsExactly(SEGMENT.toString());
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    @DisplayName("archive-push and archive-get over retries: a fault that passes is not noticed")
    void a_passing_fault_is_retried(Encryption encryption) throws IOException {
        for (Moment moment : Moment.values()) {
            retriedSweep(encryption, moment);
        }
    }

    private void retriedSweep(Encryption encryption, Moment moment) throws IOException {
        sweep(encryption, moment, Span.ONCE, (stores, plan) -> {
            Path file = local.segment(SEGMENT, stores.cluster(), 1);
            List<Repository> retrying = stores.repositories(plan, Retries.SOME);
            new ArchivePush(retrying, directory).push(file);
            assertThat(new ArchiveGet(retrying.subList(1, 2), directory, w -> {})
                            .get(SEGMENT.toString(), PLACE, new WantedGeneration.OfDataDirectory(directory)))
                    .isEqualTo(Outcome.FOUND);
            assertThat(directory.resolve(PLACE)).hasBinaryContent(Files.readAllBytes(directory.resolve(file)));
        });
    }
}
