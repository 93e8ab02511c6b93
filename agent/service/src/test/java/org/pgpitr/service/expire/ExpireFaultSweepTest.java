package org.pgpitr.service.expire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pgpitr.service.expire.ExpireFixture.day;
import static org.pgpitr.service.expire.ExpireFixture.id;
import static org.pgpitr.service.expire.ExpireFixture.newest;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTargetTimeline;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.plan.RecoveryFacts;
import org.pgpitr.repository.plan.RecoveryFactsReader;
import org.pgpitr.repository.plan.RecoveryPlan;
import org.pgpitr.repository.plan.RecoveryPlanner;
import org.pgpitr.repository.plan.RecoveryRequest;
import org.pgpitr.repository.retention.Pin;
import org.pgpitr.repository.retention.Pins;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.faults.FaultPlan;
import org.pgpitr.storage.faults.FaultPlan.Moment;
import org.pgpitr.storage.faults.FaultPlan.Span;
import org.pgpitr.storage.faults.FaultyStore;

/**
 * For every n the n-th call to the store fails, before its effect, after it or midway, once or for good. Whatever the
 * policy keeps is recoverable as before, and the next run ends the work.
 */
class ExpireFaultSweepTest {
    /** Two generations, a fork, a pin, an interrupted backup, roll-ups, refused WAL, names, streams: something of everything. */
    private static ExpireFixture world() {
        ExpireFixture fixture = new ExpireFixture();
        Generation old = fixture.generation(1);
        fixture.backup(old, 1, 1, 3);
        fixture.wal(old, 1, 1, 1, 6);
        fixture.backup(old, 2, 1, 8);
        fixture.wal(old, 2, 1, 7, 12);
        fixture.history(old, 2, "1\t0/A80000\tno recovery target specified\n");
        fixture.file(old, "00000001000000000000000A.partial");
        fixture.wal(old, 3, 2, 10, 14);
        fixture.piece(old, 1, 2, 300);
        fixture.piece(old, 2, 12, 900);
        fixture.piece(old, 2, 15, 500);
        fixture.backup(old, 3, 2, 13);
        fixture.rollUp(old, 256, 1, 0);
        fixture.rollUp(old, 256, 2, 256);
        fixture.refused(old, 1, 2);
        fixture.refused(old, 1, 20);
        fixture.names(old, 1, 1);
        fixture.names(old, 1, 4);
        fixture.names(old, 1, 9);
        Generation upgraded = fixture.generation(2);
        fixture.backup(upgraded, 4, 1, 2);
        fixture.wal(upgraded, 4, 1, 1, 5);
        fixture.backup(upgraded, 5, 1, 7);
        fixture.wal(upgraded, 5, 1, 6, 9);
        fixture.piece(upgraded, 1, 3, 800);
        fixture.piece(upgraded, 1, 9, 1000);
        fixture.piece(upgraded, 1, 10, 500);
        fixture.piece(upgraded, 1, 10, 700);
        fixture.put(upgraded, upgraded.layout().data(id(6).value(), 0, 0), "interrupted");
        new Pins(old).add(new Pin(id(2), "the audit", day(6), Optional.empty()));
        new Pins(upgraded).add(new Pin(id(4), "for a day", day(4), Optional.of(day(5))));
        fixture.clock.set(day(7));
        return fixture;
    }

    static Stream<Arguments> faults() {
        return Stream.of(Moment.values())
                .flatMap(moment -> Stream.of(Span.ONCE, Span.FROM_THEN_ON).map(span -> Arguments.of(moment, span)));
    }

    /** The answers for what the policy keeps. */
    private static List<String> answers(ExpireFixture fixture) {
        return List.of(answer(fixture, 1, id(2), 1), answer(fixture, 1, id(2), 2), answer(fixture, 2, id(5), 1));
    }

    private static String answer(ExpireFixture fixture, int number, BackupId id, int timeline) {
        RecoveryFacts facts = RecoveryFactsReader.read(fixture.generation(number), fixture.clock);
        RecoveryPlan plan = RecoveryPlanner.plan(
                facts,
                new RecoveryRequest(
                        new RecoveryTarget.EndOfWal(),
                        new RecoveryTargetTimeline.Numbered(new TimelineId(timeline)),
                        Optional.of(id)));
        return plan.backup() + " " + plan.wal();
    }

    @ParameterizedTest
    @MethodSource("faults")
    @DisplayName(
            "Classes 12 and 13: expire, every call failed: what is kept stays recoverable, and the next run ends the work")
    void every_call_fails_once(Moment moment, Span span) {
        ExpireFixture untouched = world();
        List<String> answers = answers(untouched);
        untouched.task(newest(1)).run();
        List<String> wanted = untouched.keys();
        assertThat(answers(untouched)).isEqualTo(answers);
        assertThat(wanted)
                .filteredOn(key -> key.matches("main/1/(index|broken|catalog)/.*"))
                .hasSize(4);
        // Those of segments that are archived whole, or that nothing needs, have gone
        assertThat(wanted)
                .filteredOn(key -> key.contains("/stream/"))
                .containsExactly(
                        "main/1/stream/00000002/0000000000F00000-0000000000F001F4.zst",
                        "main/2/stream/00000001/0000000000A00000-0000000000A001F4.zst",
                        "main/2/stream/00000001/0000000000A00000-0000000000A002BC.zst");
        for (int n = 1; ; n++) {
            assertThat(n).isLessThan(500);
            ExpireFixture fixture = world();
            FaultPlan plan = FaultPlan.nth(n, moment).lasting(span);
            try {
                fixture.task(new FaultyStore(fixture.store, plan), newest(1)).run();
            } catch (StorageException e) {
                assertThat(plan.struck()).isTrue();
            } catch (PgpitrException e) {
                // it can't tell any more whether a lease or a manifest is whole
                assertThat(e.exitCode()).isIn(ExitCode.LOCKED, ExitCode.STORAGE_UNAVAILABLE, ExitCode.CORRUPT);
                assertThat(plan.struck()).isTrue();
            }
            assertThat(answers(fixture)).as("call %d", n).isEqualTo(answers);
            // the lease of the run that died may have to expire
            fixture.clock.advance(Duration.ofMinutes(11));
            fixture.task(newest(1)).run();
            assertThat(fixture.keys()).as("call %d", n).isEqualTo(wanted);
            assertThat(answers(fixture)).as("call %d", n).isEqualTo(answers);
            if (!plan.struck()) {
                assertThat(n).as("calls that were failed").isGreaterThan(50);
                return;
            }
        }
    }
}
