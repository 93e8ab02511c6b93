package org.pgpitr.repository.plan;

import java.util.List;
import java.util.Optional;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.repository.backup.BackupSummary;

/**
 * Moments without a gap that can be recovered along a timeline, and what serves them.
 *
 * @param range the moments
 * @param backups within it, by their ends; a moment is served by the last one that ends before it
 * @param wal from the segment in which the first backup begins, to the end
 * @param partOf a newer timeline along which all these moments can be recovered as well; empty if there is none
 */
public record WindowInterval(
        ReachableRange range, List<BackupSummary> backups, List<WalRange> wal, Optional<TimelineId> partOf) {
    public WindowInterval {
        backups = List.copyOf(backups);
        wal = List.copyOf(wal);
    }

    WindowInterval within(Optional<TimelineId> longer) {
        return new WindowInterval(range, backups, wal, longer);
    }
}
