package org.pgpitr.repository.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.BackupSummary;

/**
 * All moments that can be recovered, and why others can't. A pure function of its argument, on the same rules as {@link
 * RecoveryPlanner}: what lies in an interval is planned, what lies in a gap is refused.
 */
public final class WindowPlanner {
    private final WindowFacts facts;
    private final RecoveryFacts recovery;
    private final WalSegmentSize size;
    private final Timelines timelines;
    private final ReachableRanges ranges;

    private WindowPlanner(WindowFacts facts) {
        this.facts = facts;
        this.recovery = facts.recovery();
        this.size = recovery.segmentSize();
        this.timelines = new Timelines(recovery);
        this.ranges = new ReachableRanges(recovery, timelines);
    }

    /** The window. */
    public static RecoveryWindow window(WindowFacts facts) {
        return new WindowPlanner(facts).window();
    }

    private RecoveryWindow window() {
        List<TimelineWindow> found = new ArrayList<>();
        List<WindowInterval> longer = new ArrayList<>();
        for (TimelineId timeline : timelines.known().descendingSet()) {
            TimelineWindow along = along(timelines.path(timeline), longer);
            longer.addAll(along.intervals());
            found.add(along);
        }
        recovery.wal().timelines().stream()
                .filter(timeline -> !timelines.known().contains(timeline))
                .forEach(timeline -> found.add(withoutWay(timeline)));
        return new RecoveryWindow(
                found.stream()
                        .filter(this::tells)
                        .sorted(Comparator.comparing(TimelineWindow::timeline).reversed())
                        .toList(),
                unusable(found));
    }

    private boolean tells(TimelineWindow window) {
        return !window.intervals().isEmpty()
                || !window.gaps().isEmpty()
                || recovery.wal().timelines().contains(window.timeline());
    }

    private TimelineWindow along(WalPath path, List<WindowInterval> longer) {
        List<WindowInterval> intervals = ranges.along(path).stream()
                .map(interval -> interval.within(longer.stream()
                        .filter(other -> ranges.isPart(interval.range(), other.range()))
                        .map(other -> other.range().timeline())
                        .findFirst()))
                .sorted(Comparator.comparing(interval -> interval.range().from()))
                .toList();
        TimelineId timeline = path.path().timeline();
        return new TimelineWindow(timeline, Optional.of(path.path()), intervals, gaps(path, intervals));
    }

    private TimelineWindow withoutWay(TimelineId timeline) {
        WindowGap gap = new WindowGap(begin(timeline), Optional.empty(), List.of(missingHistory(timeline)));
        return new TimelineWindow(timeline, Optional.empty(), List.of(), List.of(gap));
    }

    private GapCause missingHistory(TimelineId timeline) {
        return new GapCause.MissingHistory(
                timeline, Optional.ofNullable(recovery.damage().histories().get(timeline)));
    }

    /** Where the archived WAL of a timeline begins, which there must be. */
    private Lsn begin(TimelineId timeline) {
        ArchivedWal wal = recovery.wal();
        LongStream incomplete = Stream.concat(wal.partials(timeline).stream(), wal.streamed(timeline).stream())
                .mapToLong(Long::longValue);
        return size.start(LongStream.concat(wal.first(timeline).stream(), incomplete)
                .min()
                .orElseThrow());
    }

    private List<WindowGap> gaps(WalPath path, List<WindowInterval> intervals) {
        List<WindowGap> gaps = new ArrayList<>();
        lostAncestry(path, intervals).ifPresent(gaps::add);
        List<WalHole> holes = new ArrayList<>(WalHoles.along(recovery, path));
        for (int i = -1; i < intervals.size(); i++) {
            Optional<WindowInterval> before = i < 0 ? Optional.empty() : Optional.of(intervals.get(i));
            Optional<BackupSummary> until = i + 1 < intervals.size()
                    ? Optional.of(intervals.get(i + 1).backups().get(0))
                    : Optional.empty();
            List<GapCause> causes = new ArrayList<>();
            while (!holes.isEmpty()
                    && until.filter(again -> !holes.get(0).lostFrom().isBefore(again.stopLsn()))
                            .isEmpty()) {
                WalHole hole = holes.remove(0);
                causes.addAll(
                        causes(path, hole.first().number(size), hole.last().number(size)));
            }
            if (causes.isEmpty()) {
                before.ifPresent(interval -> causes.addAll(atEnd(path, interval)));
            }
            if (!causes.isEmpty()) {
                Lsn from = before.map(interval -> interval.range().to()).orElseGet(() -> firstLost(path));
                // What keeps one of two backups that end together from being used costs no moment.
                if (until.filter(again -> !from.isBefore(again.stopLsn())).isEmpty()) {
                    gaps.add(new WindowGap(from, until, causes));
                }
            }
        }
        return gaps;
    }

    /** What is known of the segment in which an interval ends, though there be no WAL behind it. */
    private List<GapCause> atEnd(WalPath path, WindowInterval interval) {
        long segment = size.segmentNumber(interval.range().to());
        boolean isHole = interval.range().ending() == ReachableRange.Ending.HOLE;
        return isHole || GapCause.known(facts, path.name(segment)).isPresent()
                ? causes(path, segment, segment)
                : List.of();
    }

    /** The end of the first backup, which its own hole keeps from being reached. */
    private Lsn firstLost(WalPath path) {
        return recovery.backups().stream()
                .filter(backup -> timelines.misfit(backup, path).isEmpty())
                .map(BackupSummary::stopLsn)
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** Without its history no earlier backup leads onto a timeline, though there be WAL of it. */
    private Optional<WindowGap> lostAncestry(WalPath path, List<WindowInterval> intervals) {
        TimelineId timeline = path.path().timeline();
        boolean lost = path.path().ancestors().isEmpty()
                && !timeline.equals(TimelineId.FIRST)
                && recovery.wal().timelines().contains(timeline)
                && !recovery.wal().timelines().first().equals(timeline);
        if (!lost) {
            return Optional.empty();
        }
        Optional<BackupSummary> until = intervals.stream()
                .findFirst()
                .map(interval -> interval.backups().get(0));
        Lsn begin = begin(timeline);
        return until.filter(again -> !begin.isBefore(again.stopLsn())).isPresent()
                ? Optional.empty()
                : Optional.of(new WindowGap(begin, until, List.of(missingHistory(timeline))));
    }

    /** Each segment of which something is known by itself, and what is between them together. */
    private List<GapCause> causes(WalPath path, long first, long last) {
        List<GapCause> causes = new ArrayList<>();
        List<WalSegmentName> told = Stream.concat(
                        recovery.damage().wal().keySet().stream(), facts.refused().keySet().stream())
                .distinct()
                .filter(name -> name.number(size) >= first && name.number(size) <= last)
                .filter(name -> path.name(name.number(size)).equals(name))
                .sorted(Comparator.comparingLong(name -> name.number(size)))
                .toList();
        long next = first;
        for (WalSegmentName name : told) {
            if (next < name.number(size)) {
                causes.add(GapCause.missing(path, next, name.number(size) - 1));
            }
            GapCause.known(facts, name).ifPresent(causes::add);
            next = name.number(size) + 1;
        }
        if (next <= last) {
            causes.add(GapCause.missing(path, next, last));
        }
        return causes;
    }

    private List<PassedOver> unusable(List<TimelineWindow> found) {
        Set<BackupId> serving = found.stream()
                .flatMap(timeline -> timeline.intervals().stream())
                .flatMap(interval -> interval.backups().stream())
                .map(BackupSummary::id)
                .collect(Collectors.toSet());
        BackupWays ways = new BackupWays(recovery);
        List<PassedOver> unusable = new ArrayList<>(recovery.unreadable());
        recovery.backups().stream()
                .filter(backup -> !serving.contains(backup.id()))
                .forEach(backup ->
                        ways.defect(backup).ifPresent(reason -> unusable.add(new PassedOver(backup.id(), reason))));
        unusable.sort(Comparator.comparing(PassedOver::id));
        return unusable;
    }
}
