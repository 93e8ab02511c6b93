package org.pgpitr.repository.plan;

import java.time.Instant;
import java.util.List;
import org.pgpitr.repository.backup.BackupSummary;

/**
 * A backup that had ended by then. PostgreSQL stops before the first commit that is later; where WAL can't be read, how late
 * it goes is told by {@link LaterBackups} only.
 */
record TimeRule(Instant time, List<BackupSummary> backups, ExactStop exact) implements TargetRule {
    @Override
    public Judgement judge(Candidate candidate) {
        Instant stopped = candidate.backup().stopped();
        if (time.isBefore(stopped)) {
            return new Judgement.Fails(Judgement.Cause.TOO_EARLY, "it ended at " + stopped + ", after the target");
        }
        return exact.judge(candidate, List.of(), why -> byNames(candidate));
    }

    private Judgement byNames(Candidate candidate) {
        List<BackupSummary> later =
                backups.stream().filter(b -> b.stopped().isAfter(time)).toList();
        return new LaterBackups(later).judge(candidate, Judgement.Certainty.SURE, List.of());
    }
}
