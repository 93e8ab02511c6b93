package org.pgpitr.service.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTarget.Bound;
import org.pgpitr.postgres.RecoveryTargetTimeline;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.plan.ArchivedStops;
import org.pgpitr.repository.plan.RecoveryDecision;
import org.pgpitr.repository.plan.RecoveryFacts;
import org.pgpitr.repository.plan.RecoveryFactsReader;
import org.pgpitr.repository.plan.RecoveryPlan;
import org.pgpitr.repository.plan.RecoveryRequest;
import org.pgpitr.repository.plan.Unreachable;
import org.pgpitr.repository.plan.WholeBackups;
import org.pgpitr.storage.ObjectKey;

/** What a plan that reads WAL says to each wreck: what it accepts is there, and what it refuses it names. */
class WreckedPlanTest {
    private static final Clock CLOCK =
            Clock.fixed(BackupId.parse("20261122T000000Z").time(), ZoneOffset.UTC);
    private static final String FIRST = "20261121T010000Z";
    private static final String SECOND = "20261121T020000Z";
    private static final RecoveryTarget END = new RecoveryTarget.EndOfWal();

    private final MadeRepository made = new MadeRepository(Encryption.NONE);

    /** Two backups, in segments 2 and 5, and WAL from 2 to 8. */
    @BeforeEach
    void sound() {
        made.archive(made.wal(2).fill(7));
        made.backup(FIRST, 1, 2, 3);
        made.backup(SECOND, 1, 5, 6);
    }

    private RecoveryDecision decide(RecoveryTarget target, Optional<String> backup) {
        RecoveryFacts facts = RecoveryFactsReader.read(made.generation, CLOCK);
        try (ArchivedStops stops = new ArchivedStops(made.generation, facts.wal(), segments -> {})) {
            return WholeBackups.decide(
                    made.generation,
                    facts,
                    new RecoveryRequest(target, new RecoveryTargetTimeline.Latest(), backup.map(BackupId::parse)),
                    stops);
        }
    }

    private RecoveryPlan plan(RecoveryTarget target) {
        return decide(target, Optional.empty()).orElseThrow();
    }

    private String refusal(RecoveryTarget target, String backup) {
        RecoveryDecision decision = decide(target, Optional.of(backup));
        assertThat(decision).isInstanceOf(Unreachable.class);
        return ((Unreachable) decision).reason();
    }

    private static RecoveryTarget lsn(String lsn) {
        return new RecoveryTarget.AtLsn(Lsn.parse(lsn), Bound.INCLUSIVE);
    }

    private ObjectKey segment(long number) {
        return made.key(MadeRepository.segment(1, number));
    }

    @Test
    void a_segment_missing_in_the_middle_bounds_what_is_before_it_and_not_what_is_behind() {
        made.lose(segment(4));

        assertThat(plan(END).backup().id()).hasToString(SECOND);
        assertThat(plan(lsn("0/380000")).backup().id()).hasToString(FIRST);
        assertThat(refusal(lsn("0/480000"), FIRST)).contains("000000010000000000000004 is not in the archive");
        assertThat(refusal(END, FIRST)).contains("000000010000000000000004 is not in the archive");
    }

    @Test
    void a_segment_missing_at_a_backups_start_or_end_costs_that_backup() {
        made.lose(segment(2));
        made.lose(segment(6));

        for (String backup : new String[] {FIRST, SECOND}) {
            assertThat(refusal(new RecoveryTarget.Immediate(), backup))
                    .contains(
                            backup.equals(FIRST) ? "000000010000000000000002" : "000000010000000000000006",
                            "which it needs to become consistent");
        }
    }

    @Test
    void a_flipped_bit_in_wal_that_is_read_for_the_stop_is_named_and_elsewhere_it_is_for_verify() {
        made.flip(segment(7));

        assertThat(plan(lsn("0/680000")).stop()).isPresent();
        assertThatExceptionOfType(PgpitrException.class)
                .isThrownBy(() -> decide(lsn("0/780000"), Optional.empty()))
                .satisfies(e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CORRUPT))
                .withMessageContaining(segment(7).value());
    }

    @Test
    void a_damaged_manifest_and_lost_or_cut_objects_pass_the_backup_over_with_the_objects_name() {
        ObjectKey manifest = made.generation.layout().manifest(SECOND);
        byte[] sound = made.bytes(manifest);
        made.flip(manifest);
        assertThat(passedOver()).contains(manifest.value());
        made.put(manifest, sound);

        ObjectKey cut = made.generation.layout().data(SECOND, 0, 0);
        byte[] whole = made.bytes(cut);
        made.cut(cut, 10);
        assertThat(passedOver()).startsWith("the objects of its lane 0 have ");
        made.put(cut, whole);

        ObjectKey lost = made.generation.layout().data(SECOND, 1, 0);
        made.lose(lost);
        assertThat(passedOver()).isEqualTo("object " + lost + " is missing");
    }

    /** Why the newer backup does not serve, where the older one does. */
    private String passedOver() {
        RecoveryPlan plan = plan(END);
        assertThat(plan.backup().id()).hasToString(FIRST);
        return plan.passedOver().get(0).reason();
    }

    @Test
    void wal_of_a_timeline_whose_history_is_lost_is_not_followed_and_that_is_said() {
        made.archive(made.wal(2).fill(5).fork(2).fill(2));

        RecoveryPlan plan = plan(END);

        assertThat(plan.path().timeline()).isEqualTo(TimelineId.FIRST);
        assertThat(plan.notes())
                .contains("Timeline 2 has archived WAL but no history file, so it can't be followed.");
    }

    @Test
    void no_recovery_is_planned_through_a_segment_of_another_cluster() {
        WalSegmentName name = MadeRepository.segment(1, 7);
        made.lose(made.key(name));
        made.archive(
                name,
                new MadeWal(made.identity(1, new SystemIdentifier(4711)), 7, 5)
                        .fill(1)
                        .segments()
                        .get(name));

        assertThat(plan(lsn("0/680000")).stop()).isPresent();
        assertThat(refusal(lsn("0/880000"), SECOND)).contains(name.toString());
        assertThat(refusal(END, SECOND)).contains(name.toString());
    }
}
