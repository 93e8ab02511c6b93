package org.pgpitr.repository.plan;

import java.util.ArrayList;
import java.util.List;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTargetTimeline;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineHistory.Stretch;
import org.pgpitr.postgres.TimelineHistoryName;
import org.pgpitr.postgres.TimelineId;

/** What the user should know of a plan, whatever its target. */
record PlanNotes(RecoveryFacts facts, RecoveryRequest request, Timelines timelines) {
    List<String> of(Candidate candidate, List<WalRange> wal) {
        List<String> notes = new ArrayList<>();
        withoutHistory(candidate.path().path(), notes);
        newerTimelines(candidate, notes);
        damage(candidate, notes);
        if (request.target() instanceof RecoveryTarget.Time) {
            branches(candidate, notes);
        }
        for (WalRange range : wal) {
            if (range.form() == WalRange.Form.PARTIAL) {
                notes.add("WAL segment " + range.last() + " is archived as " + range.last() + ".partial only, which is"
                        + " delivered in its place.");
            }
            if (range.form() == WalRange.Form.STREAMED) {
                facts.wal()
                        .streamedTo(range.timeline(), range.last().number(facts.segmentSize()))
                        .ifPresent(end -> notes.add("WAL segment " + range.last()
                                + " was still being written: it is there up to " + end + ", as it was streamed."));
            }
        }
        int damaged = candidate.backup().damagedPages().size();
        if (damaged > 0) {
            notes.add("The backup has " + damaged + (damaged == 1 ? " damaged page." : " damaged pages."));
        }
        return notes;
    }

    private static void withoutHistory(TimelineHistory path, List<String> notes) {
        if (path.ancestors().isEmpty() && !path.timeline().equals(TimelineId.FIRST)) {
            notes.add("The history of timeline " + path.timeline() + " is not in the archive: the recovery stays on the"
                    + " backup's own timeline.");
        }
    }

    private void newerTimelines(Candidate candidate, List<String> notes) {
        if (!(request.timeline() instanceof RecoveryTargetTimeline.Latest)) {
            return;
        }
        TimelineId followed = candidate.path().path().timeline();
        for (TimelineId newer : timelines.known().tailSet(followed, false)) {
            notes.add("Timeline " + newer + " is newer than timeline " + followed + ", but "
                    + (request.backup().isPresent() ? "this" : "no") + " backup leads there.");
        }
        for (TimelineId unknown : facts.wal().timelines()) {
            if (unknown.compareTo(followed) > 0
                    && !timelines.known().contains(unknown)
                    && !facts.damage().histories().containsKey(unknown)) {
                notes.add("Timeline " + unknown + " has archived WAL but no history file, so it can't be followed.");
            }
        }
    }

    /**
     * What is damaged and not in the way. Where a recovery ends, PostgreSQL looks for a timeline that is not taken yet
     * ({@code findNewestTimeLine()} in {@code timeline.c}), and does not go on where it gets an error instead of a history.
     */
    private void damage(Candidate candidate, List<String> notes) {
        for (TimelineId timeline :
                facts.damage().newerThan(candidate.path().path().timeline())) {
            notes.add("Timeline " + timeline + " can't be followed: "
                    + facts.damage().history(timeline)
                    + ". Where this recovery is to end, PostgreSQL asks for that file too and stops with an error: delete the"
                    + " damaged object before, and archive " + new TimelineHistoryName(timeline)
                    + " with `pgpitr archive-push`; it is in `pg_wal` of every server of that timeline.");
        }
        facts.damage().wal().values().forEach(wal -> {
            String what = wal.what();
            notes.add(Character.toUpperCase(what.charAt(0)) + what.substring(1) + ". This recovery does not need it.");
        });
    }

    /** The same time may have come twice: once on a timeline that was left, once on the one that is followed. */
    private void branches(Candidate candidate, List<String> notes) {
        for (Stretch stretch : candidate.path().path().stretches()) {
            stretch.end()
                    .filter(end -> end.isAfter(candidate.backup().stopLsn()))
                    .filter(end -> isWalBehind(stretch.timeline(), end))
                    .ifPresent(end ->
                            notes.add("Timeline " + candidate.path().path().timeline() + " leaves timeline "
                                    + stretch.timeline() + " at " + end + "; for a moment behind that on timeline "
                                    + stretch.timeline() + " use `--target-timeline " + stretch.timeline() + "`."));
        }
    }

    private boolean isWalBehind(TimelineId timeline, Lsn end) {
        long segment = facts.segmentSize().segmentNumber(end);
        return facts.wal().last(timeline).orElse(-1) >= segment;
    }
}
