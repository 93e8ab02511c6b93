package org.pgpitr.repository.plan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTargetTimeline;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.backup.BackupSummary;

/** All that can be recovered, as far as names tell. */
record ReachableRanges(RecoveryFacts facts, Timelines timelines) {
    /** Those that come nearest to what is wanted first; those of the wanted timeline before others. */
    List<ReachableRange> nearest(RecoveryRequest request) {
        List<ReachableRange> ranges = all();
        Comparator<ReachableRange> order = Comparator.comparing(r -> isWanted(r, request) ? 0 : 1);
        RecoveryTarget target = request.target();
        if (target instanceof RecoveryTarget.AtLsn lsn) {
            order = order.thenComparing(r -> distance(r, lsn.lsn()), Long::compareUnsigned);
        } else if (target instanceof RecoveryTarget.Time time) {
            order = order.thenComparing(
                    r -> Duration.between(r.fromTime(), time.time()).abs());
        }
        order = order.thenComparing(ReachableRange::timeline, Comparator.reverseOrder())
                .thenComparing(ReachableRange::fromTime, Comparator.reverseOrder());
        return ranges.stream().sorted(order).toList();
    }

    private static boolean isWanted(ReachableRange range, RecoveryRequest request) {
        return !(request.timeline() instanceof RecoveryTargetTimeline.Numbered n)
                || n.timeline().equals(range.timeline());
    }

    private static long distance(ReachableRange range, Lsn lsn) {
        if (lsn.isBefore(range.from())) {
            return range.from().minus(lsn);
        }
        return lsn.isBefore(range.to()) ? 0 : lsn.minus(range.to());
    }

    private List<ReachableRange> all() {
        List<ReachableRange> found = new ArrayList<>();
        for (TimelineId timeline : timelines.known().descendingSet()) {
            for (ReachableRange range : along(timelines.path(timeline))) {
                if (found.stream().noneMatch(longer -> isPart(range, longer))) {
                    found.add(range);
                }
            }
        }
        return found;
    }

    /** One range for each stretch of unbroken WAL, from the end of its oldest backup on. */
    private List<ReachableRange> along(WalPath path) {
        Map<Lsn, ReachableRange> byEnd = new LinkedHashMap<>();
        for (BackupSummary backup : facts.backups()) {
            Candidate candidate = Candidate.of(backup, path, facts);
            if (Timelines.misfit(backup, path).isEmpty()
                    && candidate.defect(facts).isEmpty()) {
                byEnd.putIfAbsent(candidate.reach().end(), range(candidate));
            }
        }
        return List.copyOf(byEnd.values());
    }

    private ReachableRange range(Candidate candidate) {
        BackupSummary backup = candidate.backup();
        WalSegmentSize size = facts.segmentSize();
        Lsn to = candidate.reach().end();
        Lsn lastSegment = size.start(size.segmentNumberBefore(to));
        return new ReachableRange(
                candidate.path().path().timeline(),
                backup.id(),
                backup.stopLsn(),
                backup.stopped(),
                to,
                candidate.reach().hole().isPresent() ? ReachableRange.Ending.HOLE : ReachableRange.Ending.END_OF_WAL,
                lastSegment.isBefore(backup.stopLsn()) ? backup.stopLsn() : lastSegment);
    }

    /** Whether all of {@code range} lies on the way of {@code longer} as well. */
    private boolean isPart(ReachableRange range, ReachableRange longer) {
        return longer.backup().equals(range.backup())
                && !longer.to().isBefore(range.to())
                && timelines
                        .path(longer.timeline())
                        .path()
                        .contains(range.timeline(), range.to().plus(-1));
    }
}
