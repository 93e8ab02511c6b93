package org.pgpitr.repository.plan;

import java.util.List;
import java.util.Optional;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.repository.backup.BackupSummary;

/**
 * How a target is reached.
 *
 * @param backup to begin with
 * @param target where the recovery ends
 * @param path the timelines it follows; its last one is what {@code recovery_target_timeline} is to be set to, as a
 *     number, because {@code latest} could lead PostgreSQL to a timeline that this backup can't reach; a path of one
 *     timeline other than 1 is the backup's own, whose history is not archived: PostgreSQL takes no number then, but
 *     {@code current}
 * @param wal what is replayed, in order; where the stop is not known, all that may be
 * @param stop where the recovery ends, and the commits on both sides; empty if the WAL could not be read
 * @param backupBytes to fetch for the backup
 * @param walBytes to fetch for {@code wal}; a partial segment is not counted
 * @param passedOver newer backups, newest first, each with the reason why it does not serve
 * @param notes what can't be known from names, or should be known; whole sentences for people
 */
public record RecoveryPlan(
        BackupSummary backup,
        RecoveryTarget target,
        TimelineHistory path,
        List<WalRange> wal,
        Optional<RecoveryStop> stop,
        long backupBytes,
        long walBytes,
        List<PassedOver> passedOver,
        List<String> notes)
        implements RecoveryDecision {
    public RecoveryPlan {
        wal = List.copyOf(wal);
        passedOver = List.copyOf(passedOver);
        notes = List.copyOf(notes);
    }

    @Override
    public RecoveryPlan orElseThrow() {
        return this;
    }
}
