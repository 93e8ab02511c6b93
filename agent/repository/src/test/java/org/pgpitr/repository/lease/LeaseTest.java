package org.pgpitr.repository.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.ClusterName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.RepositoryLayout;
import org.pgpitr.repository.codec.Codec;
import org.pgpitr.repository.codec.Keys;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.faults.FaultPlan;
import org.pgpitr.storage.faults.FaultyStore;
import org.pgpitr.storage.faults.StoreOperation;
import org.pgpitr.storage.memory.MemoryStore;
import org.pgpitr.storage.retry.RetryPolicy;
import org.pgpitr.storage.retry.RetryingStore;

class LeaseTest {
    private static final LeaseHolder HERE = LeaseHolder.thisProcess();
    private static final LeaseHolder ELSEWHERE = new LeaseHolder("db2", "other machine", "boot", 4711, "1");

    private final MemoryStore store = new MemoryStore();
    private final Generation generation = generation(store);
    private final SettableClock clock = new SettableClock();

    /** Time that a test moves. */
    private static final class SettableClock extends Clock {
        private Instant now = Instant.parse("2026-11-21T00:45:00Z");

        void advance(Duration duration) {
            now = now.plus(duration);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private static Generation generation(ObjectStore store) {
        ClusterIdentity identity = new ClusterIdentity(
                1,
                1,
                new SystemIdentifier(1),
                new PostgresMajor(17),
                WalSegmentSize.DEFAULT,
                Encryption.NONE,
                Instant.EPOCH);
        return new Generation(
                store,
                RepositoryLayout.of(new ClusterName("main"), identity),
                identity,
                new Codec(Encryption.NONE, Keys.none(), 3));
    }

    private Lease acquire(LeaseHolder holder) {
        return Lease.acquire(generation, "backup", "backup 20261121T004500Z", holder, clock);
    }

    private static void assertLocked(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        PgpitrException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.LOCKED));
    }

    @Test
    void a_held_lease_is_refused_with_who_holds_it_and_since_when() {
        Lease held = acquire(ELSEWHERE);
        assertThatThrownBy(() -> acquire(HERE)).isInstanceOfSatisfying(PgpitrException.class, e -> {
            assertThat(e.exitCode()).isEqualTo(ExitCode.LOCKED);
            assertThat(e.getMessage())
                    .isEqualTo("the lease \"backup\" is held by another process: backup 20261121T004500Z, "
                            + "process 4711 on db2, since 2026-11-21T00:45:00Z");
            assertThat(e.hint())
                    .contains("wait until it has ended; if its host is gone, the lease expires at "
                            + "2026-11-21T00:55:00Z");
        });
        held.close();
    }

    @Test
    void a_released_lease_can_be_taken_by_anybody() {
        acquire(ELSEWHERE).close();
        Lease mine = acquire(HERE);
        mine.close();
        mine.close();
        acquire(ELSEWHERE).close();
        assertThat(Lease.holderOf(generation, "backup", HERE, clock)).isEmpty();
    }

    @Test
    void a_live_process_of_this_host_keeps_its_lease() {
        Lease held = acquire(HERE);
        assertLocked(() -> acquire(HERE));
        assertThat(Lease.holderOf(generation, "backup", HERE, clock))
                .hasValueSatisfying(who -> assertThat(who).contains("process " + HERE.pid()));
        held.close();
    }

    /** Class 34: what a killed process held is free at once on its host. */
    @Test
    void the_lease_of_a_dead_process_of_this_host_is_taken_over_at_once() throws Exception {
        Process process = new ProcessBuilder("sh", "-c", "exit 0").start();
        process.waitFor();
        acquire(new LeaseHolder(HERE.host(), HERE.machine(), HERE.boot(), process.pid(), ""));
        acquire(HERE).close();
    }

    /** Class 34: a number that another process has by now keeps nobody out. */
    @Test
    void the_lease_of_an_earlier_process_of_the_same_number_is_taken_over_at_once() {
        acquire(new LeaseHolder(HERE.host(), HERE.machine(), HERE.boot(), HERE.pid(), "another start"));
        acquire(HERE).close();
    }

    @Test
    void the_same_number_on_another_machine_of_the_same_name_is_not_taken_for_dead() throws Exception {
        Process process = new ProcessBuilder("sh", "-c", "exit 0").start();
        process.waitFor();
        acquire(new LeaseHolder(HERE.host(), "another machine", HERE.boot(), process.pid(), ""));
        assertLocked(() -> acquire(HERE));
    }

    @Test
    void an_expired_lease_is_taken_over_and_its_holder_finds_out() {
        Lease slow = acquire(ELSEWHERE);
        clock.advance(Lease.TERM.minusSeconds(1));
        assertLocked(() -> acquire(HERE));
        clock.advance(Duration.ofSeconds(1));
        Lease mine = acquire(HERE);

        assertLocked(slow::renew);
        assertLocked(slow::confirm);
        slow.close();
        mine.confirm();
        mine.close();
    }

    @Test
    void a_lease_that_expired_unnoticed_is_still_its_holders() {
        Lease mine = acquire(HERE);
        clock.advance(Lease.TERM.multipliedBy(3));
        mine.renew();
        assertLocked(() -> acquire(ELSEWHERE));
        mine.close();
    }

    @Test
    void a_renewed_lease_lasts_longer() {
        Lease mine = acquire(ELSEWHERE);
        for (int i = 0; i < 10; i++) {
            clock.advance(Lease.TERM.dividedBy(2));
            mine.renew();
            assertLocked(() -> acquire(HERE));
        }
        mine.close();
    }

    @Test
    void renewing_often_costs_nothing() {
        FaultPlan counting = FaultPlan.none();
        Lease mine = Lease.acquire(generation(new FaultyStore(store, counting)), "backup", "x", HERE, clock);
        long before = counting.calls();
        for (int i = 0; i < 100; i++) {
            clock.advance(Duration.ofSeconds(1));
            mine.renew();
        }
        assertThat(counting.calls()).isEqualTo(before);
        mine.close();
    }

    @Test
    void a_lost_answer_does_not_lose_the_lease() {
        FaultPlan counting = FaultPlan.none();
        useOnce(generation(new FaultyStore(new MemoryStore(), counting)));
        for (StoreOperation operation : List.of(StoreOperation.PUT, StoreOperation.REPLACE)) {
            for (int n = 1; n <= counting.calls(); n++) {
                MemoryStore memory = new MemoryStore();
                FaultPlan plan = FaultPlan.nth(operation, n, FaultPlan.Moment.AFTER);
                // what the retrying decorator does: the same call again
                ObjectStore retrying = new RetryingStore(
                        new FaultyStore(memory, plan),
                        new RetryPolicy(3, Duration.ofSeconds(5), Duration.ofMillis(1), Duration.ofMillis(2)));
                assertThatCode(() -> useOnce(generation(retrying)))
                        .as("%s %d", operation, n)
                        .doesNotThrowAnyException();
            }
        }
    }

    private void useOnce(Generation of) {
        try (Lease lease = Lease.acquire(of, "backup", "x", HERE, clock)) {
            lease.confirm();
            lease.confirm();
        }
        try (Lease lease = Lease.acquire(of, "backup", "y", HERE, clock)) {
            lease.confirm();
        }
    }

    @RepeatedTest(20)
    void of_many_at_once_one_gets_it(RepetitionInfo repetition) throws Exception {
        if (repetition.getCurrentRepetition() % 2 == 0) {
            // then they race to replace a released one, else to create it
            acquire(HERE).close();
        }
        int racers = 8;
        CyclicBarrier start = new CyclicBarrier(racers);
        AtomicInteger winners = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(racers);
        try {
            List<Callable<Void>> race = new ArrayList<>();
            for (int i = 0; i < racers; i++) {
                LeaseHolder racer = new LeaseHolder("db" + i, "machine" + i, "boot", 1, "1");
                race.add(() -> {
                    start.await();
                    try {
                        acquire(racer);
                        winners.incrementAndGet();
                    } catch (PgpitrException e) {
                        assertThat(e.exitCode()).isEqualTo(ExitCode.LOCKED);
                    }
                    return null;
                });
            }
            for (Future<Void> racer : threads.invokeAll(race)) {
                racer.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(winners).hasValue(1);
    }

    @Test
    void an_object_that_is_no_lease_is_reported_with_a_remedy() {
        ObjectKey key = generation.layout().lease("backup");
        store.putIfAbsent(key, Content.of("{\"state\":".getBytes(StandardCharsets.UTF_8)));
        assertThatThrownBy(() -> acquire(HERE)).isInstanceOfSatisfying(PgpitrException.class, e -> {
            assertThat(e.exitCode()).isEqualTo(ExitCode.CORRUPT);
            assertThat(e.hint()).isPresent();
        });
    }

    @Test
    void a_store_that_fails_is_not_taken_for_a_free_lease() {
        acquire(ELSEWHERE);
        for (StoreOperation operation : List.of(StoreOperation.STAT, StoreOperation.OPEN)) {
            FaultPlan plan = FaultPlan.nth(operation, 1, FaultPlan.Moment.BEFORE);
            assertThatThrownBy(
                            () -> Lease.acquire(generation(new FaultyStore(store, plan)), "backup", "x", HERE, clock))
                    .isInstanceOf(StorageException.class);
        }
    }

    @Test
    void releasing_deletes_nothing_so_append_only_credentials_are_enough() throws Exception {
        acquire(HERE).close();
        try (InputStream in = store.open(generation.layout().lease("backup")).orElseThrow()) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).contains("\"state\":\"released\"");
        }
    }

    @Test
    void the_holder_of_a_lease_can_be_told_apart_after_a_reboot() {
        LeaseHolder before = new LeaseHolder(HERE.host(), "m", "boot 1", HERE.pid(), HERE.processStart());
        LeaseHolder after = new LeaseHolder(HERE.host(), "m", "boot 2", HERE.pid(), HERE.processStart());
        assertThat(after.stateOf(before)).isEqualTo(LeaseHolder.State.DEAD);
        assertThat(HERE.stateOf(HERE)).isEqualTo(LeaseHolder.State.ALIVE);
        assertThat(HERE.stateOf(ELSEWHERE)).isEqualTo(LeaseHolder.State.UNKNOWN);
    }
}
