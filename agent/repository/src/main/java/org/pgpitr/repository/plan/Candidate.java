package org.pgpitr.repository.plan;

import java.util.Optional;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.backup.BackupSummary;

/**
 * A backup and a path it leads onto.
 *
 * @param backup the backup
 * @param path the path
 * @param reach how far the WAL goes from the backup's start
 */
record Candidate(BackupSummary backup, WalPath path, Reach reach) {
    static Candidate of(BackupSummary backup, WalPath path, RecoveryFacts facts) {
        return new Candidate(backup, path, path.walk(facts.segmentSize().segmentNumber(backup.startLsn())));
    }

    /** Why the backup can't even become consistent; empty if it can. */
    Optional<String> defect(RecoveryFacts facts) {
        if (!reach.end().isBefore(backup.stopLsn())) {
            return Optional.empty();
        }
        WalSegmentName missing =
                WalSegmentName.containing(path.path().timelineAt(reach.end()), reach.end(), facts.segmentSize());
        String what = Optional.ofNullable(facts.damage().wal().get(missing))
                .map(damaged -> "is of no use: " + damaged.how())
                .orElse("is not in the archive");
        return Optional.of("WAL segment " + missing + ", which it needs to become consistent, " + what);
    }

    /** Whether the end of {@code later} lies on this way, behind this backup's end and before all holes. */
    boolean passes(BackupSummary later) {
        Lsn stop = later.stopLsn();
        return stop.isAfter(backup.stopLsn())
                && !stop.isAfter(reach.end())
                && path.path().contains(later.timeline(), stop.plus(-1));
    }
}
