package org.pgpitr.repository.window;

import java.util.Map;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.plan.DamagedWal;

/**
 * What is known to be damaged, before a window is read.
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
}
