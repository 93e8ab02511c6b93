package org.pgpitr.repository.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupCatalog.Unreadable;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.repository.lease.Lease;
import org.pgpitr.repository.lease.LeaseHolder;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.ObjectStore.ListVisitor;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.faults.FaultPlan;
import org.pgpitr.storage.faults.FaultyStore;
import org.pgpitr.storage.faults.StoreOperation;
import org.pgpitr.storage.memory.MemoryStore;

class BackupCatalogTest {
    private static final BackupId A = BackupId.parse("20261121T000000Z");
    private static final BackupId B = BackupId.parse("20261121T000001Z");
    private static final BackupId C = BackupId.parse("20261122T000000Z");

    private final MemoryStore store = new MemoryStore();
    private final Generation generation = BackupFixture.generation(store, Encryption.NONE);
    private final BackupCatalog catalog = new BackupCatalog(generation);
    private final Clock clock = Clock.fixed(Instant.parse("2026-11-22T01:00:00Z"), ZoneOffset.UTC);

    private Lease lease() {
        return Lease.acquire(generation, BackupCatalog.LEASE, "a test", LeaseHolder.thisProcess(), clock);
    }

    private static void backup(Generation generation, BackupId id) {
        data(generation, id);
        try (ManifestWriter writer = new ManifestWriter(generation, id)) {
            writer.commit(BackupFixture.summary(id, writer, List.of()), List.of());
        }
    }

    private static void data(Generation generation, BackupId id) {
        for (int i = 0; i < 3; i++) {
            generation.store().putIfAbsent(generation.layout().data(id.value(), 0, i), Content.of(new byte[] {1}));
        }
    }

    private int objects(BackupId id) {
        AtomicInteger count = new AtomicInteger();
        store.list(generation.layout().backupPrefix(id.value()), (key, stat) -> {
            count.incrementAndGet();
            return ListVisitor.Next.CONTINUE;
        });
        return count.get();
    }

    @Test
    void backups_are_listed_oldest_first_and_interrupted_ones_are_none() {
        backup(generation, C);
        backup(generation, A);
        data(generation, B);
        store.putIfAbsent(ObjectKey.of(generation.layout().backupPrefix() + "stray"), Content.of(new byte[1]));

        assertThat(catalog.list().backups()).extracting(BackupSummary::id).containsExactly(A, C);
        assertThat(catalog.list().unreadable()).isEmpty();
        assertThat(catalog.interrupted()).containsExactly(B);
        assertThat(catalog.find(C).id()).isEqualTo(C);
        assertThat(catalog.isTaken(B)).isTrue();
        assertThat(catalog.isTaken(C.next())).isFalse();
    }

    /** Class 20: each backup is its own object; there is no list that a race could overwrite. */
    @Test
    void backups_that_are_committed_at_the_same_time_are_all_listed() throws Exception {
        List<BackupId> ids = new ArrayList<>();
        List<Callable<Void>> commits = new ArrayList<>();
        for (BackupId id = A; ids.size() < 30; id = id.next()) {
            BackupId each = id;
            ids.add(each);
            commits.add(() -> {
                backup(generation, each);
                return null;
            });
        }
        ExecutorService threads = BackupFixture.daemons(8);
        for (Future<Void> commit : threads.invokeAll(commits)) {
            commit.get();
        }
        threads.shutdownNow();
        assertThat(catalog.list().backups()).extracting(BackupSummary::id).isEqualTo(ids);
    }

    @Test
    void what_is_not_known_below_a_backup_is_never_deleted() {
        backup(generation, A);
        data(generation, B);
        ObjectKey notes = ObjectKey.of(generation.layout().backupPrefix(A.value()) + "notes");
        ObjectKey newer = ObjectKey.of(generation.layout().backupPrefix(B.value()) + "manifest.v2.zst");
        store.putIfAbsent(generation.layout().catalog(A.value()), Content.of(new byte[1]));
        List.of(notes, newer).forEach(key -> store.putIfAbsent(key, Content.of(new byte[1])));
        assertThat(catalog.unknown(A)).contains(notes);
        assertThat(catalog.unknown(B)).contains(newer);
        assertThat(catalog.unknown(C)).isEmpty();

        try (Lease lease = lease()) {
            assertThat(catalog.delete(A, lease).isComplete()).isTrue();
            assertThat(catalog.cleanUp(B, lease).isComplete()).isTrue();
        }

        assertThat(objects(A)).isEqualTo(1);
        assertThat(objects(B)).isEqualTo(1);
        assertThat(List.of(notes, newer)).allMatch(key -> store.stat(key).isPresent());
    }

    @Test
    void an_empty_repository_has_no_backups() {
        assertThat(catalog.list().backups()).isEmpty();
        assertThat(catalog.interrupted()).isEmpty();
    }

    @Test
    void small_backups_are_found_in_one_listing() {
        for (BackupId id : List.of(A, B, C)) {
            backup(generation, id);
        }
        // and a read a backup
        assertThat(callsOfListing()).isEqualTo(1 + 3);
    }

    @Test
    void listing_does_not_walk_the_data_objects() {
        for (BackupId id : List.of(A, B, C)) {
            backup(generation, id);
        }
        for (int i = 0; i < 1200; i++) {
            generation.store().putIfAbsent(generation.layout().data(B.value(), 1, i), Content.of(new byte[] {1}));
        }
        // one that leaves off within the big backup, and one that goes on behind it
        assertThat(callsOfListing()).isEqualTo(2 + 3);
    }

    private long callsOfListing() {
        FaultPlan counting = FaultPlan.none();
        Generation counted = BackupFixture.generation(new FaultyStore(store, counting), Encryption.NONE);
        assertThat(new BackupCatalog(counted).list().backups())
                .extracting(BackupSummary::id)
                .containsExactly(A, B, C);
        return counting.calls();
    }

    @Test
    void a_damaged_manifest_is_reported_and_hides_no_other_backup() {
        backup(generation, A);
        data(generation, B);
        store.putIfAbsent(generation.layout().manifest(B.value()), Content.of(new byte[] {1, 2, 3}));
        backup(generation, C);

        BackupCatalog.Listing listing = catalog.list();

        assertThat(listing.backups()).extracting(BackupSummary::id).containsExactly(A, C);
        assertThat(listing.unreadable()).extracting(Unreadable::id).containsExactly(B);
        assertThat(listing.unreadable().get(0).reason().exitCode()).isEqualTo(ExitCode.CORRUPT);
        assertThat(catalog.interrupted()).isEmpty();
    }

    @Test
    void without_the_key_the_identifiers_are_known_and_no_more() {
        Generation encrypted = BackupFixture.generation(store, Encryption.AGE);
        backup(encrypted, A);
        Generation keyless = BackupFixture.generation(
                store, Encryption.AGE, Keys.of(List.of(BackupFixture.OWN.recipient()), List.of()));
        BackupCatalog.Listing listing = new BackupCatalog(keyless).list();
        assertThat(listing.backups()).isEmpty();
        assertThat(listing.unreadable()).extracting(Unreadable::id).containsExactly(A);
        assertThat(listing.unreadable().get(0).reason().exitCode()).isEqualTo(ExitCode.NO_KEY);
        assertThatThrownBy(() -> new BackupCatalog(keyless).find(A))
                .isInstanceOfSatisfying(
                        PgpitrException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.NO_KEY));
    }

    /** Class 17: what can't be read is never shown as an empty or shorter list. */
    @Test
    void a_store_that_fails_makes_the_listing_fail_at_every_call() {
        backup(generation, A);
        backup(generation, B);
        FaultPlan counting = FaultPlan.none();
        new BackupCatalog(BackupFixture.generation(new FaultyStore(store, counting), Encryption.NONE)).list();
        for (long n = 1; n <= counting.calls(); n++) {
            FaultPlan plan = FaultPlan.nth(n, FaultPlan.Moment.BEFORE);
            BackupCatalog failing =
                    new BackupCatalog(BackupFixture.generation(new FaultyStore(store, plan), Encryption.NONE));
            assertThatThrownBy(failing::list).as("call %d", n).isInstanceOf(StorageException.class);
        }
    }

    @Test
    void what_an_interrupted_backup_left_is_deleted_under_the_lease() {
        backup(generation, A);
        data(generation, B);
        try (Lease held = lease()) {
            assertThat(catalog.cleanUp(B, held).isComplete()).isTrue();
            assertThatThrownBy(() -> catalog.cleanUp(A, held)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(objects(B)).isZero();
        assertThat(objects(A)).isEqualTo(4);
    }

    /** Class 26 in small: what another process is writing is never taken for garbage. */
    @Test
    void nothing_is_deleted_when_the_lease_is_lost() {
        data(generation, B);
        Lease lost = Lease.acquire(
                generation,
                BackupCatalog.LEASE,
                "slept too long",
                LeaseHolder.thisProcess(),
                Clock.fixed(clock.instant().minus(Lease.TERM).minusSeconds(1), ZoneOffset.UTC));
        try (Lease other = lease()) {
            assertThat(other.name()).isEqualTo(BackupCatalog.LEASE);
            assertThatThrownBy(() -> catalog.cleanUp(B, lost))
                    .isInstanceOfSatisfying(
                            PgpitrException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.LOCKED));
        }
        assertThat(objects(B)).isEqualTo(3);
    }

    @Test
    void a_lease_of_another_kind_does_not_protect_backups() {
        data(generation, B);
        try (Lease other = Lease.acquire(generation, "other", "a test", LeaseHolder.thisProcess(), clock)) {
            assertThatThrownBy(() -> catalog.cleanUp(B, other)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void a_backup_is_deleted_manifest_first_and_never_left_as_a_damaged_one() {
        FaultPlan counting = FaultPlan.none();
        backup(generation, A);
        Generation counted = BackupFixture.generation(new FaultyStore(store, counting), Encryption.NONE);
        try (Lease held = lease()) {
            new BackupCatalog(counted).delete(A, held);
            assertThat(objects(A)).isZero();
            for (long n = 1; n <= counting.calls(); n++) {
                for (FaultPlan.Moment moment : FaultPlan.Moment.values()) {
                    backup(generation, A);
                    FaultPlan plan = FaultPlan.nth(n, moment).lasting(FaultPlan.Span.FROM_THEN_ON);
                    Generation faulty = BackupFixture.generation(new FaultyStore(store, plan), Encryption.NONE);
                    assertThatThrownBy(() -> new BackupCatalog(faulty).delete(A, held))
                            .isInstanceOf(StorageException.class);
                    boolean listed = !catalog.list().backups().isEmpty();
                    assertThat(objects(A)).isIn(listed ? List.of(4) : List.of(0, 1, 2, 3));
                    catalog.delete(A, held);
                    assertThat(objects(A)).isZero();
                }
            }
        }
    }

    /** Stores a backup's objects, and commits it through another store. */
    private void commit(Generation through, Lease held) {
        data(generation, A);
        try (ManifestWriter writer = new ManifestWriter(through, A)) {
            new BackupCatalog(through).commit(writer, BackupFixture.summary(A, writer, List.of()), List.of(), held);
        }
    }

    @Test
    void a_backup_is_committed_under_its_lease() {
        try (Lease held = lease()) {
            commit(generation, held);
        }
        assertThat(catalog.list().backups()).extracting(BackupSummary::id).containsExactly(A);
    }

    /** The process was suspended between its last look at the lease and the manifest; another host cleaned up meanwhile. */
    @Test
    void a_manifest_that_was_stored_after_the_lease_was_lost_is_taken_back() {
        Lease held = lease();
        Generation through = BackupFixture.generation(new Suspended(store, this::takeOver), Encryption.NONE);
        assertThatThrownBy(() -> commit(through, held))
                .isInstanceOfSatisfying(
                        PgpitrException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.LOCKED));
        assertThat(objects(A)).isZero();
    }

    @Test
    void a_lost_leases_manifest_that_can_not_be_deleted_is_named() {
        Lease held = lease();
        FaultPlan undeletable = FaultPlan.nth(StoreOperation.DELETE, 2, FaultPlan.Moment.BEFORE);
        Generation through = BackupFixture.generation(
                new Suspended(new FaultyStore(store, undeletable), this::takeOver), Encryption.NONE);
        // the first deletion is that of the process that took over
        assertThatThrownBy(() -> commit(through, held)).isInstanceOfSatisfying(PgpitrException.class, e -> {
            assertThat(e.exitCode()).isEqualTo(ExitCode.LOCKED);
            assertThat(e).hasMessageContaining("may be incomplete, and its manifest can't be deleted");
            assertThat(e.hint().orElseThrow())
                    .contains(generation.layout().manifest(A.value()).value());
        });
    }

    /** Another host, to which the lease has expired. */
    private void takeOver(ObjectStore through) {
        Generation theirs = BackupFixture.generation(through, Encryption.NONE);
        Clock later = Clock.offset(clock, Lease.TERM.plusSeconds(1));
        LeaseHolder other = new LeaseHolder("another-host", "its machine", "its boot", 1, "");
        try (Lease taken = Lease.acquire(theirs, BackupCatalog.LEASE, "a test", other, later)) {
            new BackupCatalog(theirs).cleanUp(A, taken);
        }
    }
}
