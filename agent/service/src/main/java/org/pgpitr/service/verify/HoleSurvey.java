package org.pgpitr.service.verify;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.plan.RecoveryFacts;
import org.pgpitr.repository.plan.WalHole;
import org.pgpitr.repository.plan.WalHoles;
import org.pgpitr.storage.ObjectStat;

/** Looks for holes in the WAL behind the backups. */
final class HoleSurvey {
    private final Generation generation;
    private final VerifyOptions options;
    private final Findings findings;
    private final Clock clock;

    HoleSurvey(Generation generation, VerifyOptions options, Findings findings, Clock clock) {
        this.generation = generation;
        this.options = options;
        this.findings = findings;
        this.clock = clock;
    }

    /** @param sealed whether there are backups that can't be read for want of a key */
    void run(List<BackupSummary> backups, Map<TimelineId, TimelineHistory> histories, WalSurvey wal, boolean sealed) {
        if (backups.isEmpty() && sealed) {
            WalHoles.between(wal.wal(), generation.identity().segmentSize()).forEach(this::tell);
            return;
        }
        RecoveryFacts facts = facts(backups, histories, wal);
        if (WalHoles.of(facts).isEmpty()) {
            return;
        }
        // Backups were listed before WAL, and both may have changed meanwhile: what is still so is so.
        WalSurvey again = WalSurvey.list(generation, Optional.empty(), findings);
        List<BackupSummary> still = backups.stream().filter(this::exists).toList();
        WalHoles.of(facts(still, histories, again)).forEach(this::tell);
    }

    private RecoveryFacts facts(
            List<BackupSummary> backups, Map<TimelineId, TimelineHistory> histories, WalSurvey wal) {
        return new RecoveryFacts(
                generation.identity().segmentSize(), backups, List.of(), histories, wal.wal(), clock.instant());
    }

    private boolean exists(BackupSummary backup) {
        return generation
                .store()
                .stat(generation.layout().manifest(backup.id().value()))
                .isPresent();
    }

    private void tell(WalHole hole) {
        if (isExpired(hole)) {
            findings.add(new WalFinding.WalExpired(hole, options.walKept().orElseThrow()));
            return;
        }
        Optional<Instant> after = hole.after().flatMap(this::archived);
        if (options.since().isPresent()
                && after.isPresent()
                && after.get().isBefore(options.since().get())) {
            return;
        }
        findings.add(new WalFinding.WalMissing(hole, hole.before().flatMap(this::archived), after));
    }

    /** The retention lets WAL go that only leads on from one old backup to the next. */
    private boolean isExpired(WalHole hole) {
        return options.walKept().isPresent()
                && hole.inconsistent().isEmpty()
                && hole.again()
                        .filter(backup -> backup.stopped()
                                .isBefore(
                                        clock.instant().minus(options.walKept().get())))
                        .isPresent();
    }

    private Optional<Instant> archived(WalSegmentName name) {
        return generation.store().stat(generation.layout().wal(name)).map(ObjectStat::modified);
    }
}
