package org.pgpitr.repository.plan;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.backup.BackupSummary;

/**
 * All that a plan rests on, of one generation of a cluster.
 *
 * @param segmentSize of the cluster's WAL
 * @param backups oldest first
 * @param unreadable backups whose manifest can't be read, so nothing but that is known of them
 * @param histories by their timelines; timeline 1 has none
 * @param wal the names of the archived segments
 * @param asOf when this was read: nothing later can be known
 */
public record RecoveryFacts(
        WalSegmentSize segmentSize,
        List<BackupSummary> backups,
        List<PassedOver> unreadable,
        Map<TimelineId, TimelineHistory> histories,
        ArchivedWal wal,
        Instant asOf) {
    public RecoveryFacts {
        backups = backups.stream()
                .sorted(Comparator.comparing(BackupSummary::stopped).thenComparing(BackupSummary::id))
                .toList();
        unreadable = List.copyOf(unreadable);
        histories = Map.copyOf(histories);
    }
}
