package org.pgpitr.repository.plan;

import java.util.Map;
import java.util.SortedMap;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.storage.ObjectKey;

/**
 * All that a window rests on, of one generation of a cluster.
 *
 * @param recovery what plans rest on; its backups are whole
 * @param refused segments that were offered and not archived because their WAL is broken, each with where it is kept
 */
public record WindowFacts(RecoveryFacts recovery, SortedMap<WalSegmentName, ObjectKey> refused) {
    /** As {@link RecoveryFacts#without(WalSegmentName, DamagedWal)}. */
    public WindowFacts without(WalSegmentName segment, DamagedWal damaged) {
        return new WindowFacts(recovery.without(segment, damaged), refused);
    }

    /** As {@link RecoveryFacts#without(FoundDamage)}. */
    public WindowFacts without(FoundDamage damaged) {
        return new WindowFacts(recovery.without(damaged), refused);
    }

    /** As {@link RecoveryFacts#without(Map)}. */
    public WindowFacts without(Map<BackupId, String> backups) {
        return new WindowFacts(recovery.without(backups), refused);
    }
}
