package org.pgpitr.repository.retention;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.plan.BackupWays;
import org.pgpitr.repository.plan.WalSpan;
import org.pgpitr.repository.retention.Reason.Kind;

/** Which WAL of a generation stays, and why. Holes don't end a need: what is missing may yet come. */
final class WalRules {
    private final Cluster cluster;
    private final RetentionPolicy policy;
    private final GenerationFacts generation;
    private final BackupWays ways;
    /** Of all generations, oldest first. */
    private final List<KnownBackup> kept;

    private final WalNeeds needs = new WalNeeds();

    private WalRules(Cluster cluster, RetentionPolicy policy, GenerationFacts generation, List<KnownBackup> kept) {
        this.cluster = cluster;
        this.policy = policy;
        this.generation = generation;
        this.ways = cluster.ways(generation);
        this.kept = kept;
    }

    /** @param kept the backups that stay, of all generations, oldest first */
    static WalNeeds apply(Cluster cluster, RetentionPolicy policy, GenerationFacts generation, List<KnownBackup> kept) {
        WalRules rules = new WalRules(cluster, policy, generation, kept);
        rules.unreadableBackups();
        rules.newest();
        policy.window().ifPresent(rules::window);
        policy.wal().ifPresentOrElse(rules::walAge, rules::allWal);
        rules.users();
        rules.usersOfWhatIsGone();
        rules.consistency();
        rules.newTimelines();
        rules.unknownTimelines();
        return rules.needs;
    }

    private List<KnownBackup> keptHere() {
        return kept.stream().filter(this::isHere).toList();
    }

    private boolean isHere(KnownBackup backup) {
        return backup.generation().generation() == generation.generation();
    }

    private boolean isHere(Cluster.Line line) {
        return line.generation().generation() == generation.generation();
    }

    private void everything(Kind kind, String text) {
        generation.recovery().wal().timelines().forEach(t -> whole(t, kind, text));
    }

    private void whole(TimelineId timeline, Kind kind, String text) {
        needs.add(new WalSpan(timeline, 0, WalSpan.OPEN), new Reason(kind, text));
    }

    private void onward(KnownBackup backup, Collection<TimelineId> along, Kind kind, String text) {
        Reason reason = new Reason(kind, text);
        along.forEach(t -> ways.onward(backup.backup(), t).forEach(span -> needs.add(span, reason)));
    }

    private void unreadableBackups() {
        generation
                .recovery()
                .unreadable()
                .forEach(backup -> everything(
                        Kind.UNKNOWN, "backup " + backup.id() + " can't be read, so nobody can tell what it needs"));
    }

    private void newest() {
        cluster.newest().ifPresent(newest -> {
            if (isHere(newest)) {
                onward(newest, newest.onto(), Kind.NEWEST, "the newest state, from backup " + newest.id());
            }
            for (Cluster.Line line : cluster.linesWrittenSince(newest.backup().stopped())) {
                List<KnownBackup> along = Cluster.recoverableAlong(line, cluster.backups());
                if (isHere(line) && !along.isEmpty()) {
                    KnownBackup last = along.get(along.size() - 1);
                    onward(
                            last,
                            List.of(line.timeline()),
                            Kind.NEWEST,
                            "the newest state of timeline " + line.timeline() + ", from backup " + last.id());
                }
            }
        });
    }

    private void window(Duration window) {
        Instant since = cluster.now().minus(window);
        continuous(
                since,
                cluster.backups(),
                Kind.WINDOW,
                "any moment since " + Times.moment(since) + " (window of " + Times.span(window) + "), from backup ");
    }

    private void continuous(Instant since, List<KnownBackup> among, Kind kind, String text) {
        for (Cluster.Line line : cluster.linesWrittenSince(since)) {
            if (isHere(line)) {
                Cluster.base(line, among, since)
                        .ifPresent(base -> onward(base, List.of(line.timeline()), kind, text + base.id()));
            }
        }
    }

    private void walAge(Duration age) {
        Instant since = cluster.now().minus(age);
        String span = "(WAL of the last " + Times.span(age) + ")";
        continuous(
                since, kept, Kind.WAL_AGE, "any moment since " + Times.moment(since) + " " + span + ", from backup ");
        for (TimelineId timeline : generation.recovery().wal().timelines()) {
            generation
                    .times()
                    .firstSegmentSince(timeline, since)
                    .ifPresent(first -> needs.add(
                            new WalSpan(timeline, first, WalSpan.OPEN),
                            new Reason(Kind.WAL_AGE, "archived since " + Times.moment(since) + " " + span)));
        }
    }

    private void allWal() {
        for (KnownBackup backup : keptHere()) {
            onward(backup, backup.onto(), Kind.LATER_MOMENTS, "any moment after backup " + backup.id());
        }
    }

    private void users() {
        for (KnownBackup backup : keptHere()) {
            String user = generation.inUse().get(backup.id());
            if (user != null) {
                onward(backup, backup.onto(), Kind.IN_USE, "backup " + backup.id() + " is in use: " + user);
            }
        }
    }

    /** A backup's manifest went while somebody had read it: what it needs nobody else can tell. */
    private void usersOfWhatIsGone() {
        Set<BackupId> known =
                generation.recovery().backups().stream().map(BackupSummary::id).collect(Collectors.toSet());
        generation.inUse().forEach((id, user) -> {
            if (!known.contains(id)) {
                everything(Kind.IN_USE, "backup " + id + ", whose manifest is gone, is in use: " + user);
            }
        });
    }

    private void consistency() {
        for (KnownBackup backup : keptHere()) {
            Reason reason = new Reason(Kind.CONSISTENCY, "backup " + backup.id() + " needs it to become consistent");
            backup.onto().forEach(t -> ways.toConsistency(backup.backup(), t).forEach(span -> needs.add(span, reason)));
        }
    }

    /** A cluster just upgraded, or just promoted where the newest backup does not lead. */
    private void newTimelines() {
        cluster.newest().ifPresent(newest -> {
            for (Cluster.Line line : cluster.linesWrittenSince(newest.backup().stopped())) {
                if (isHere(line) && keptHere().stream().noneMatch(b -> b.onto().contains(line.timeline()))) {
                    whole(line.timeline(), Kind.NO_BACKUP_YET, "it is being written, and no backup leads there yet");
                }
            }
        });
    }

    private void unknownTimelines() {
        Set<TimelineId> unknown = new HashSet<>(generation.recovery().wal().timelines());
        unknown.removeAll(ways.timelines());
        unknown.forEach(t -> whole(
                t,
                Kind.UNKNOWN,
                "the history of timeline " + t + " is not in the archive, so nobody can tell who needs it"));
    }
}
