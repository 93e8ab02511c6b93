package org.pgpitr.repository.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.storage.ObjectKey;

/**
 * All that a window rests on, of one generation of a cluster.
 *
 * @param recovery what plans rest on; its backups are whole, its {@code unreadable} ones are of no use, and its WAL has
 *     none of {@code damaged}
 * @param damagedHistories timelines whose history is archived and can't be read, each with the reason
 * @param refused segments that were offered and not archived because their WAL is broken, each with where it is kept
 * @param damaged WAL that is archived and can't be used
 */
public record WindowFacts(
        RecoveryFacts recovery,
        SortedMap<TimelineId, String> damagedHistories,
        SortedMap<WalSegmentName, ObjectKey> refused,
        SortedMap<WalSegmentName, DamagedWal> damaged) {
    /**
     * WAL that can't be used.
     *
     * @param file the segment, or its {@code .partial}
     * @param object where it is
     * @param how in words, to stand behind "is of no use: "
     */
    public record DamagedWal(WalFileName file, ObjectKey object, String how) {}

    /** The same without a file that turned out to be damaged. */
    public WindowFacts without(WalSegmentName segment, DamagedWal wal) {
        SortedMap<WalSegmentName, DamagedWal> more = new TreeMap<>(damaged);
        more.put(segment, wal);
        RecoveryFacts less = new RecoveryFacts(
                recovery.segmentSize(),
                recovery.backups(),
                recovery.unreadable(),
                recovery.histories(),
                recovery.wal().without(segment, recovery.segmentSize()),
                recovery.asOf());
        return new WindowFacts(less, damagedHistories, refused, more);
    }

    /** The same, with backups that can't be used counted among the unreadable ones. */
    public WindowFacts without(Map<BackupId, String> backups) {
        List<PassedOver> unreadable = new ArrayList<>(recovery.unreadable());
        backups.forEach((id, reason) -> unreadable.add(new PassedOver(id, reason)));
        RecoveryFacts less = new RecoveryFacts(
                recovery.segmentSize(),
                recovery.backups().stream()
                        .filter(backup -> !backups.containsKey(backup.id()))
                        .toList(),
                unreadable,
                recovery.histories(),
                recovery.wal(),
                recovery.asOf());
        return new WindowFacts(less, damagedHistories, refused, damaged);
    }
}
