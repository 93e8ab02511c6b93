package org.pgpitr.it.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgpitr.cli.demo.InitdbOptions;
import org.pgpitr.cli.demo.PostgresInstance;
import org.pgpitr.it.kit.Majors;
import org.pgpitr.it.kit.Workspace;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.faults.FaultPlan;
import org.pgpitr.storage.faults.FaultyStore;
import org.pgpitr.storage.memory.MemoryStore;

/**
 * For every call that a whole backup makes to its store: that call fails before or after its effect, or the store is
 * gone from then on. What is listed then is whole, and the next backup succeeds.
 */
class BackupFaultSweepTest {
    private static Workspace work;
    private static PostgresInstance primary;
    private static TestArchiver archiver;

    private final HeardProgress heard = new HeardProgress();

    @BeforeAll
    static void start() {
        work = new Workspace();
        archiver = new TestArchiver(work.folder("archive"), work.user());
        archiver.refuse(file -> true);
        primary = work.instance("primary", Majors.binaries(Majors.newest()))
                .initdb(InitdbOptions.standard().with(new WalSegmentSize(1 << 20)))
                .set("fsync", "off")
                .set("archive_mode", "on")
                .set("archive_command", archiver.command())
                .set("autovacuum", "off")
                .start();
    }

    @AfterAll
    static void stop() {
        work.close();
        archiver.close();
    }

    /** How calls fail. */
    enum Failing {
        BEFORE(FaultPlan.Moment.BEFORE, FaultPlan.Span.ONCE),
        AFTER(FaultPlan.Moment.AFTER, FaultPlan.Span.ONCE),
        GONE_AFTER(FaultPlan.Moment.AFTER, FaultPlan.Span.FROM_THEN_ON);

        private final FaultPlan.Moment moment;
        private final FaultPlan.Span span;

        Failing(FaultPlan.Moment moment, FaultPlan.Span span) {
            this.moment = moment;
            this.span = span;
        }

        FaultPlan nth(long n) {
            return FaultPlan.nth(n, moment).lasting(span);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatever_call_fails_only_whole_backups_are_listed_and_the_next_one_succeeds(Failing failing) {
        FaultPlan counting = FaultPlan.none();
        Generation first = newGeneration();
        BackedUp.take(primary, through(first, counting), BackedUp.OPTIONS, heard);
        assertThat(counting.calls()).isGreaterThan(15);

        for (long n = 1; n <= counting.calls(); n++) {
            Generation generation = newGeneration();
            List<BackupId> taken = new ArrayList<>();
            try {
                taken.add(BackedUp.take(primary, through(generation, failing.nth(n)), BackedUp.OPTIONS, heard)
                        .id());
            } catch (StorageException expected) {
                assertThat(expected.kind()).isEqualTo(StorageException.Kind.UNAVAILABLE);
            }
            List<BackupId> listed = BackedUp.listed(generation);
            assertThat(listed).as("call %d fails %s", n, failing).containsAll(taken);
            listed.forEach(id -> BackedUp.verify(generation, id));

            // a lease that could not be released has expired by then
            Clock later = Clock.offset(Clock.systemUTC(), Duration.ofHours(n));
            BackupSummary next = BackedUp.take(primary, generation, BackedUp.OPTIONS, heard, later);
            BackedUp.verify(generation, next.id());
            assertThat(BackedUp.objects(generation))
                    .as("garbage is gone")
                    .allMatch(key -> BackedUp.listed(generation).stream()
                            .anyMatch(id -> key.value().contains("/" + id + "/")));
        }
    }

    private static Generation newGeneration() {
        Generation generation = BackedUp.generation(primary, new MemoryStore());
        archiver.into(generation);
        return generation;
    }

    private static Generation through(Generation generation, FaultPlan plan) {
        return BackedUp.through(new FaultyStore(generation.store(), plan), generation);
    }
}
