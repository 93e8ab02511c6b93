package org.pgpitr.service.verify;

import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.plan.RecoveryFacts;
import org.pgpitr.repository.plan.WalHole;
import org.pgpitr.repository.plan.WalHoles;

/** What unusable segments cost: as much as if they were not there. */
final class Costs {
    private final WalSegmentSize size;
    private final Surveyed surveyed;
    private final Clock clock;

    Costs(WalSegmentSize size, Surveyed surveyed, Clock clock) {
        this.size = size;
        this.surveyed = surveyed;
        this.clock = clock;
    }

    void tell(Findings findings) {
        Map<TimelineId, Set<Long>> unusable = new HashMap<>();
        for (WalFinding.Unusable finding : findings.of(WalFinding.Unusable.class)) {
            if (finding.file() instanceof WalSegmentName segment) {
                unusable.computeIfAbsent(segment.timeline(), t -> new HashSet<>())
                        .add(segment.number(size));
            }
        }
        if (unusable.isEmpty() || surveyed.backups().isEmpty()) {
            return;
        }
        List<WalHole> holes = WalHoles.of(new RecoveryFacts(
                size,
                surveyed.backups().stream().map(SurveyedBackup::summary).toList(),
                List.of(),
                surveyed.histories(),
                without(unusable),
                clock.instant()));
        findings.refine(finding ->
                finding instanceof WalFinding.Unusable damaged && damaged.file() instanceof WalSegmentName segment
                        ? hole(holes, segment).<Finding>map(damaged::costing).orElse(finding)
                        : finding);
    }

    private ArchivedWal without(Map<TimelineId, Set<Long>> unusable) {
        ArchivedWal all = surveyed.wal().wal();
        ArchivedWal.Builder usable = ArchivedWal.builder();
        for (TimelineId timeline : all.timelines()) {
            Set<Long> left = unusable.getOrDefault(timeline, Set.of());
            for (ArchivedWal.Run run : all.runs(timeline)) {
                for (long segment = run.first(); segment <= run.last(); segment++) {
                    if (!left.contains(segment)) {
                        usable.segment(timeline, segment, 0);
                    }
                }
            }
            all.partials(timeline).forEach(segment -> usable.partial(timeline, segment));
            for (long segment : all.streamed(timeline)) {
                if (!left.contains(segment)) {
                    usable.streamed(
                            timeline, segment, all.streamedTo(timeline, segment).orElseThrow());
                }
            }
        }
        return usable.build();
    }

    private Optional<WalHole> hole(List<WalHole> holes, WalSegmentName segment) {
        long number = segment.number(size);
        return holes.stream()
                .filter(hole -> hole.first().number(size) <= number
                        && hole.last().number(size) >= number
                        && (hole.first().timeline().equals(segment.timeline())
                                || hole.last().timeline().equals(segment.timeline())))
                .findFirst();
    }
}
