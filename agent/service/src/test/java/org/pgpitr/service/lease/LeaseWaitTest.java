package org.pgpitr.service.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.WalFiles;
import org.pgpitr.repository.backup.BackupCatalog;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.repository.lease.Lease;
import org.pgpitr.repository.lease.LeaseHolder;
import org.pgpitr.service.Progress;
import org.pgpitr.storage.memory.MemoryStore;

class LeaseWaitTest {
    private static final LeaseHolder HERE = LeaseHolder.thisProcess();
    private static final LeaseHolder OTHER = new LeaseHolder("db2", "", "", 1, "");
    private static final Clock CLOCK = Clock.systemUTC();

    private Generation generation;
    private final AtomicInteger attempts = new AtomicInteger();

    @BeforeEach
    void a_generation() {
        generation = new Repository(new MemoryStore(), new ClusterName("main"), Keys.none(), 1)
                .create(WalFiles.cluster(1, new SystemIdentifier(4711), Encryption.NONE));
    }

    private Lease take() {
        attempts.incrementAndGet();
        return Lease.acquire(generation, BackupCatalog.LEASE, "backup", HERE, CLOCK);
    }

    /** As a backup waits: for an expiry alone. */
    private boolean isExpiry() {
        return Lease.purposeOf(generation, BackupCatalog.LEASE, HERE, CLOCK)
                .map(BackupCatalog.EXPIRY::equals)
                .orElse(true);
    }

    @Test
    void an_expiry_is_waited_for_until_it_ends() throws Exception {
        Lease expiry = Lease.acquire(generation, BackupCatalog.LEASE, BackupCatalog.EXPIRY, OTHER, CLOCK);
        Lease taken = LeaseWait.take(
                () -> {
                    if (attempts.get() == 2) {
                        expiry.close();
                    }
                    return take();
                },
                this::isExpiry,
                Duration.ofHours(1),
                Progress.NONE);

        assertThat(taken.name()).isEqualTo(BackupCatalog.LEASE);
        assertThat(attempts).hasValue(3);
        assertThat(Lease.purposeOf(generation, BackupCatalog.LEASE, OTHER, CLOCK))
                .isEqualTo(Optional.of("backup"));
    }

    @Test
    void another_backup_is_not_waited_for() {
        Lease other = Lease.acquire(generation, BackupCatalog.LEASE, "backup", OTHER, CLOCK);

        assertThatThrownBy(() -> LeaseWait.take(this::take, this::isExpiry, Duration.ofHours(1), Progress.NONE))
                .isInstanceOfSatisfying(
                        PgpitrException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.LOCKED));
        assertThat(attempts).hasValue(1);
        other.close();
    }

    @Test
    void what_is_no_lock_is_not_waited_for_and_no_time_is_none() {
        assertThatThrownBy(() -> LeaseWait.take(
                        () -> {
                            throw new PgpitrException(ExitCode.CORRUPT, "damaged");
                        },
                        () -> true,
                        Duration.ofHours(1),
                        Progress.NONE))
                .hasMessage("damaged");
        Lease other = Lease.acquire(generation, BackupCatalog.LEASE, BackupCatalog.EXPIRY, OTHER, CLOCK);
        assertThatThrownBy(() -> LeaseWait.take(this::take, this::isExpiry, Duration.ZERO, Progress.NONE))
                .isInstanceOf(PgpitrException.class);
        assertThat(attempts).hasValue(1);
        other.close();
    }
}
