package org.pgpitr.repository.plan;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineHistory.Stretch;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.repository.backup.BackupSummary;

/** The timelines that can be followed, and which backups lead onto them. */
final class Timelines {
    private final RecoveryFacts facts;
    private final NavigableSet<TimelineId> known = new TreeSet<>();
    private final Map<TimelineId, WalPath> paths = new HashMap<>();

    Timelines(RecoveryFacts facts) {
        this.facts = facts;
        known.add(TimelineId.FIRST);
        known.addAll(facts.histories().keySet());
        facts.backups().forEach(b -> known.add(b.timeline()));
    }

    /** Those whose way is known: with a history file, timeline 1, and those of the backups themselves. */
    NavigableSet<TimelineId> known() {
        return known;
    }

    /**
     * The way along a known timeline; without a history file it is that timeline alone, as PostgreSQL takes it for
     * {@code current} (for a number it wants the file).
     */
    WalPath path(TimelineId timeline) {
        return paths.computeIfAbsent(
                timeline,
                t -> new WalPath(
                        Optional.ofNullable(facts.histories().get(t)).orElseGet(() -> TimelineHistory.root(t)), facts));
    }

    /**
     * Why a recovery along {@code path} can't begin with {@code backup}; empty if it can. PostgreSQL does not start where
     * a history on the way can't be read, and refuses a backup whose checkpoint is not on the path; if the path leaves the
     * backup's timeline before the backup's end, the cluster never becomes consistent.
     */
    Optional<String> misfit(BackupSummary backup, WalPath path) {
        TimelineId target = path.path().timeline();
        Optional<String> unreadable = facts.damage().between(backup.timeline(), target);
        if (unreadable.isPresent()) {
            return unreadable;
        }
        Optional<Stretch> stretch = path.stretch(backup.timeline());
        if (stretch.isEmpty()) {
            return Optional.of("it was taken on timeline " + backup.timeline() + ", and timeline " + target
                    + " does not come from there");
        }
        if (backup.startLsn().isBefore(stretch.get().begin())) {
            return Optional.of("it begins at " + backup.startLsn() + ", before timeline " + backup.timeline()
                    + " does at " + stretch.get().begin());
        }
        return stretch.get()
                .end()
                .filter(end -> end.isBefore(backup.stopLsn()))
                .map(end -> "timeline " + target + " leaves timeline " + backup.timeline() + " at " + end
                        + ", before its end at " + backup.stopLsn());
    }

    /** The newest known timeline that {@code backup} leads onto; its own if no other. */
    TimelineId newestFrom(BackupSummary backup) {
        return known.descendingSet().stream()
                .filter(t -> misfit(backup, path(t)).isEmpty())
                .findFirst()
                .orElse(backup.timeline());
    }
}
