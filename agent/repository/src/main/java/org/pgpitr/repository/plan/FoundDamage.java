package org.pgpitr.repository.plan;

import java.util.HashMap;
import java.util.Map;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.backup.BackupId;

/**
 * What was found to be damaged when content was read: it counts as missing.
 *
 * @param wal archived WAL that can't be used
 * @param backups that can't be used, each with the reason
 */
public record FoundDamage(Map<WalSegmentName, DamagedWal> wal, Map<BackupId, String> backups) {
    /** Nothing is known. */
    public static final FoundDamage NONE = new FoundDamage(Map.of(), Map.of());

    public FoundDamage {
        wal = Map.copyOf(wal);
        backups = Map.copyOf(backups);
    }

    /** Of one backup. */
    public static FoundDamage of(BackupId backup, String reason) {
        return new FoundDamage(Map.of(), Map.of(backup, reason));
    }

    /** The same, with more WAL that can't be used. */
    public FoundDamage with(Map<WalSegmentName, DamagedWal> more) {
        Map<WalSegmentName, DamagedWal> all = new HashMap<>(wal);
        all.putAll(more);
        return new FoundDamage(all, backups);
    }

    /** Whether there is none. */
    public boolean isNone() {
        return wal.isEmpty() && backups.isEmpty();
    }
}
