package org.pgpitr.repository.plan;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.BackupSummary;

/**
 * All that a plan rests on, of one generation of a cluster.
 *
 * @param segmentSize of the cluster's WAL
 * @param backups oldest first
 * @param unreadable backups that are of no use, such as those whose manifest can't be read
 * @param histories by their timelines; timeline 1 has none
 * @param wal the names of the archived segments, without those of {@code damage}
 * @param damage what is archived and can't be used
 * @param asOf when this was read: nothing later can be known
 */
public record RecoveryFacts(
        WalSegmentSize segmentSize,
        List<BackupSummary> backups,
        List<PassedOver> unreadable,
        Map<TimelineId, TimelineHistory> histories,
        ArchivedWal wal,
        KnownDamage damage,
        Instant asOf) {
    public RecoveryFacts {
        backups = backups.stream()
                .sorted(Comparator.comparing(BackupSummary::stopped).thenComparing(BackupSummary::id))
                .toList();
        unreadable = List.copyOf(unreadable);
        histories = Map.copyOf(histories);
    }

    /** Of an archive of which no damage is known. */
    public RecoveryFacts(
            WalSegmentSize segmentSize,
            List<BackupSummary> backups,
            List<PassedOver> unreadable,
            Map<TimelineId, TimelineHistory> histories,
            ArchivedWal wal,
            Instant asOf) {
        this(segmentSize, backups, unreadable, histories, wal, KnownDamage.NONE, asOf);
    }

    /** The same without WAL that turned out to be damaged. */
    public RecoveryFacts without(WalSegmentName segment, DamagedWal damaged) {
        return new RecoveryFacts(
                segmentSize,
                backups,
                unreadable,
                histories,
                wal.without(segment, segmentSize),
                damage.with(segment, damaged),
                asOf);
    }

    /** The same without all that was found to be damaged. */
    public RecoveryFacts without(FoundDamage damaged) {
        Map<BackupId, String> ofNoUse = new LinkedHashMap<>(damaged.backups());
        ofNoUse.keySet().retainAll(backups.stream().map(BackupSummary::id).toList());
        RecoveryFacts usable = without(ofNoUse);
        for (Map.Entry<WalSegmentName, DamagedWal> each : damaged.wal().entrySet()) {
            usable = usable.without(each.getKey(), each.getValue());
        }
        return usable;
    }

    /** The same, with backups that can't be used counted among the unreadable ones, each with the reason. */
    public RecoveryFacts without(Map<BackupId, String> ofNoUse) {
        List<PassedOver> more = new ArrayList<>(unreadable);
        ofNoUse.forEach((id, reason) -> more.add(new PassedOver(id, reason)));
        return new RecoveryFacts(
                segmentSize,
                backups.stream()
                        .filter(backup -> !ofNoUse.containsKey(backup.id()))
                        .toList(),
                more,
                histories,
                wal,
                damage,
                asOf);
    }
}
