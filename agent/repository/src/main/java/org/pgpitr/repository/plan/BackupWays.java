package org.pgpitr.repository.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import org.pgpitr.postgres.TimelineHistory.Stretch;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.backup.BackupSummary;

/**
 * Where each backup leads, and the WAL that it takes: what decides which WAL may go. Rests on the same rules as {@link
 * RecoveryPlanner}, so that what is kept is what a recovery asks for.
 */
public final class BackupWays {
    private final RecoveryFacts facts;
    private final Timelines timelines;

    public BackupWays(RecoveryFacts facts) {
        this.facts = facts;
        this.timelines = new Timelines(facts);
    }

    /** The timelines that a recovery can be asked to follow. */
    public NavigableSet<TimelineId> timelines() {
        return Collections.unmodifiableNavigableSet(timelines.known());
    }

    /** The timelines that a recovery from this backup can follow, its WAL granted. */
    public List<TimelineId> from(BackupSummary backup) {
        return timelines.known().stream()
                .filter(t -> timelines.misfit(backup, timelines.path(t)).isEmpty())
                .toList();
    }

    /** Those of {@link #from} along which the archived WAL makes the backup consistent; empty: it is of no use. */
    public List<TimelineId> consistentOn(BackupSummary backup) {
        return from(backup).stream()
                .filter(t -> Candidate.of(backup, timelines.path(t), facts)
                        .defect(facts)
                        .isEmpty())
                .toList();
    }

    /** Why a backup can't be recovered at all, to stand after "because"; empty if it can. */
    public Optional<String> defect(BackupSummary backup) {
        return consistentOn(backup).isEmpty()
                ? Candidate.of(backup, timelines.path(backup.timeline()), facts)
                        .defect(facts)
                        .or(() -> timelines.misfit(backup, timelines.path(backup.timeline())))
                : Optional.empty();
    }

    /** The WAL that makes a backup consistent, along one of its timelines. */
    public List<WalSpan> toConsistency(BackupSummary backup, TimelineId timeline) {
        return spans(backup, timeline, facts.segmentSize().segmentNumberBefore(backup.stopLsn()));
    }

    /** All WAL from a backup's start on, along one of its timelines. */
    public List<WalSpan> onward(BackupSummary backup, TimelineId timeline) {
        return spans(backup, timeline, WalSpan.OPEN);
    }

    /** The segment in which a timeline is left is needed of both: PostgreSQL takes whichever it finds. */
    private List<WalSpan> spans(BackupSummary backup, TimelineId timeline, long lastNeeded) {
        WalSegmentSize size = facts.segmentSize();
        long start = size.segmentNumber(backup.startLsn());
        List<WalSpan> spans = new ArrayList<>();
        boolean reached = false;
        for (Stretch stretch : timelines.path(timeline).path().stretches()) {
            reached |= stretch.timeline().equals(backup.timeline());
            long first = Math.max(start, size.segmentNumber(stretch.begin()));
            long last = Math.min(
                    lastNeeded, stretch.end().map(size::segmentNumberBefore).orElse(WalSpan.OPEN));
            if (reached && first <= last) {
                spans.add(new WalSpan(stretch.timeline(), first, last));
            }
        }
        return spans;
    }
}
