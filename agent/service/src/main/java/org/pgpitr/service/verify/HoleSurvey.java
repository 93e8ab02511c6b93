package org.pgpitr.service.verify;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.RepositoryLayout;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.plan.RecoveryFacts;
import org.pgpitr.repository.plan.WalHole;
import org.pgpitr.repository.plan.WalHoles;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStat;
import org.pgpitr.storage.ObjectStore.ListVisitor.Next;

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
        Optional<Instant> after = hole.after().flatMap(this::archived);
        Optional<Instant> known = after.or(() -> neededUntil(hole));
        if (options.since().isPresent()
                && known.isPresent()
                && known.get().isBefore(options.since().get())) {
            return;
        }
        if (isExpired(hole)) {
            findings.add(new WalFinding.WalExpired(hole, options.walKept().orElseThrow()));
            return;
        }
        findings.add(new WalFinding.WalMissing(hole, hole.before().flatMap(this::archived), after, refused(hole)));
    }

    /** When the last of the backups ended for whose sake alone it is known that there was WAL; nothing follows the hole. */
    private Optional<Instant> neededUntil(WalHole hole) {
        WalSegmentSize size = generation.identity().segmentSize();
        if (hole.after().isPresent()
                || hole.inconsistent().stream()
                        .noneMatch(backup -> size.segmentNumberBefore(backup.stopLsn())
                                == hole.last().number(size))) {
            return Optional.empty();
        }
        return hole.inconsistent().stream().map(BackupSummary::stopped).max(Comparator.naturalOrder());
    }

    /** What was to be archived there, and was refused. */
    private List<ObjectKey> refused(WalHole hole) {
        WalSegmentSize size = generation.identity().segmentSize();
        long first = hole.first().number(size);
        long last = hole.last().number(size);
        Set<TimelineId> timelines = new HashSet<>(
                List.of(hole.timeline(), hole.first().timeline(), hole.last().timeline()));
        List<ObjectKey> refused = new ArrayList<>();
        generation.store().list(generation.layout().brokenPrefix(), (key, stat) -> {
            generation
                    .layout()
                    .refusedAt(key)
                    .map(RepositoryLayout.Refused::segment)
                    .filter(segment -> segment.fits(size) && timelines.contains(segment.timeline()))
                    .filter(segment -> segment.number(size) >= first && segment.number(size) <= last)
                    .ifPresent(segment -> refused.add(key));
            return Next.CONTINUE;
        });
        return refused;
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
