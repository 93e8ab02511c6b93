package org.pgpitr.repository.plan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
            for (WindowInterval interval : along(timelines.path(timeline))) {
                ReachableRange range = interval.range();
                if (found.stream().noneMatch(longer -> isPart(range, longer))) {
                    found.add(range);
                }
            }
        }
        return found;
    }

    /** One interval for each stretch of unbroken WAL, from the end of the first backup that serves it on. */
    List<WindowInterval> along(WalPath path) {
        Map<Lsn, List<Candidate>> byEnd = new LinkedHashMap<>();
        facts.backups().stream()
                .filter(backup -> timelines.misfit(backup, path).isEmpty())
                .sorted(Comparator.comparing(BackupSummary::stopLsn))
                .map(backup -> Candidate.of(backup, path, facts))
                .filter(candidate -> candidate.defect(facts).isEmpty())
                .forEach(candidate -> byEnd.computeIfAbsent(candidate.reach().end(), end -> new ArrayList<>())
                        .add(candidate));
        return byEnd.values().stream().map(this::interval).toList();
    }

    private WindowInterval interval(List<Candidate> candidates) {
        Candidate first = candidates.get(0);
        long from = facts.segmentSize().segmentNumber(first.backup().startLsn());
        return new WindowInterval(
                range(first),
                candidates.stream().map(Candidate::backup).toList(),
                first.path().ranges(from, first.reach().end()),
                Optional.empty());
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
    boolean isPart(ReachableRange range, ReachableRange longer) {
        return longer.backup().equals(range.backup())
                && !longer.to().isBefore(range.to())
                && timelines
                        .path(longer.timeline())
                        .path()
                        .contains(range.timeline(), range.to().plus(-1));
    }
}
