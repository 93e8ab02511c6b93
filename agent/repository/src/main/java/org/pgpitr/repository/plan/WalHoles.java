package org.pgpitr.repository.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.backup.BackupSummary;

/**
 * All holes in the WAL behind the backups, by the names of the segments. From the start of the oldest backup that leads
 * onto a timeline, that timeline's path is followed to its end. What lies before the first backup is needed by nothing,
 * and WAL that merely is not archived yet is no hole. A pure function of its arguments.
 */
public final class WalHoles {
    private final RecoveryFacts facts;
    private final WalSegmentSize size;
    private final Timelines timelines;
    private final List<Found> found = new ArrayList<>();

    private record Found(WalHole hole, WalPath path) {
        /** Whether all that is missing there is missing here. */
        boolean includes(WalHole other, WalSegmentSize size) {
            return includes(other.first(), size) && includes(other.last(), size);
        }

        Found breakingToo(List<BackupSummary> backups) {
            Set<BackupSummary> all = new LinkedHashSet<>(hole.inconsistent());
            all.addAll(backups);
            return new Found(
                    new WalHole(
                            hole.timeline(),
                            hole.first(),
                            hole.last(),
                            hole.count(),
                            hole.before(),
                            hole.after(),
                            hole.lostFrom(),
                            hole.again(),
                            List.copyOf(all)),
                    path);
        }

        private boolean includes(WalSegmentName name, WalSegmentSize size) {
            long number = name.number(size);
            return number >= hole.first().number(size)
                    && number <= hole.last().number(size)
                    && path.name(number).equals(name);
        }
    }

    private WalHoles(RecoveryFacts facts) {
        this.facts = facts;
        this.size = facts.segmentSize();
        this.timelines = new Timelines(facts);
    }

    /** The holes, newest timeline first, each once even if several timelines share it. */
    public static List<WalHole> of(RecoveryFacts facts) {
        WalHoles holes = new WalHoles(facts);
        for (TimelineId timeline : holes.timelines.known().descendingSet()) {
            holes.along(holes.timelines.path(timeline));
        }
        return holes.found.stream().map(Found::hole).toList();
    }

    /** The holes along one path, by their positions. */
    static List<WalHole> along(RecoveryFacts facts, WalPath path) {
        WalHoles holes = new WalHoles(facts);
        holes.along(path);
        return holes.found.stream().map(Found::hole).toList();
    }

    /** The gaps between archived segments of the same timeline, for one who can't tell where backups begin. */
    public static List<WalHole> between(ArchivedWal wal, WalSegmentSize size) {
        List<WalHole> holes = new ArrayList<>();
        for (TimelineId timeline : wal.timelines()) {
            List<ArchivedWal.Run> runs = wal.runs(timeline);
            for (int i = 1; i < runs.size(); i++) {
                long first = runs.get(i - 1).last() + 1;
                long next = runs.get(i).first();
                holes.add(new WalHole(
                        timeline,
                        WalSegmentName.of(timeline, first, size),
                        WalSegmentName.of(timeline, next - 1, size),
                        next - first,
                        Optional.of(WalSegmentName.of(timeline, first - 1, size)),
                        Optional.of(WalSegmentName.of(timeline, next, size)),
                        size.start(first),
                        Optional.empty(),
                        List.of()));
            }
        }
        return holes;
    }

    private void along(WalPath path) {
        List<BackupSummary> backups = facts.backups().stream()
                .filter(backup -> timelines.misfit(backup, path).isEmpty())
                .sorted(Comparator.comparing(BackupSummary::startLsn))
                .toList();
        if (backups.isEmpty()) {
            return;
        }
        long from = size.segmentNumber(backups.get(0).startLsn());
        while (true) {
            long missing = path.firstMissing(from);
            Reach reach = path.walk(from);
            OptionalLong owned = path.nextOwned(missing);
            OptionalLong next = owned.isPresent() ? owned : path.nextArchived(missing);
            if (next.isEmpty() && !isHole(reach, backups)) {
                return;
            }
            long last = next.isPresent() ? next.getAsLong() - 1 : lastNeeded(missing, reach, path, backups);
            add(path, from, missing, last, owned, reach.end(), backups);
            if (next.isEmpty()) {
                return;
            }
            from = next.getAsLong();
        }
    }

    /** Whether WAL is known to have been behind the end of all that is archived. */
    private static boolean isHole(Reach reach, List<BackupSummary> backups) {
        boolean laterTimeline = reach.hole()
                .filter(hole -> hole.kind() == Reach.Kind.LATER_TIMELINE)
                .isPresent();
        return laterTimeline
                || backups.stream().anyMatch(backup -> backup.stopLsn().isAfter(reach.end()));
    }

    private long lastNeeded(long missing, Reach reach, WalPath path, List<BackupSummary> backups) {
        long last = missing;
        for (BackupSummary backup : backups) {
            if (backup.stopLsn().isAfter(reach.end())) {
                last = Math.max(last, size.segmentNumberBefore(backup.stopLsn()));
            }
        }
        Lsn begin = path.stretch(path.path().timeline()).orElseThrow().begin();
        return reach.end().isBefore(begin) ? Math.max(last, size.segmentNumberBefore(begin)) : last;
    }

    private void add(
            WalPath path, long from, long missing, long last, OptionalLong next, Lsn end, List<BackupSummary> backups) {
        WalHole hole = new WalHole(
                path.path().timeline(),
                path.name(missing),
                path.name(last),
                last - missing + 1,
                missing > from ? Optional.of(path.name(missing - 1)) : Optional.empty(),
                next.isPresent() ? Optional.of(path.name(next.getAsLong())) : Optional.empty(),
                end,
                backups.stream()
                        .filter(backup -> size.segmentNumber(backup.startLsn()) > last)
                        .findFirst(),
                backups.stream()
                        .filter(backup -> size.segmentNumber(backup.startLsn()) <= last
                                && backup.stopLsn().isAfter(end)
                                && size.segmentNumberBefore(backup.stopLsn()) >= missing
                                && !reachesItsEnd(backup, path))
                        .toList());
        add(new Found(hole, path));
    }

    /** By the older timeline's copy, perhaps, of a segment that the path's own timeline has not archived. */
    private boolean reachesItsEnd(BackupSummary backup, WalPath path) {
        return !backup.stopLsn()
                .isAfter(path.walk(size.segmentNumber(backup.startLsn())).end());
    }

    /** What is missing on one path and, among more, on another one too, is told once; all backups it breaks are. */
    private void add(Found now) {
        for (int i = 0; i < found.size(); i++) {
            Found other = found.get(i);
            if (other.includes(now.hole(), size)) {
                found.set(i, other.breakingToo(now.hole().inconsistent()));
                return;
            }
        }
        Found all = now;
        for (Found other : List.copyOf(found)) {
            if (now.includes(other.hole(), size)) {
                all = all.breakingToo(other.hole().inconsistent());
                found.remove(other);
            }
        }
        found.add(all);
    }
}
