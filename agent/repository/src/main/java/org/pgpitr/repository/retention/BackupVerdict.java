package org.pgpitr.repository.retention;

import java.util.List;
import java.util.Optional;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.BackupSummary;

/**
 * Whether a backup stays.
 *
 * @param id the backup's
 * @param summary empty if its manifest can't be read
 * @param reasons why it stays; empty: it goes
 * @param defect why it can't be recovered, so that it takes no place in any count; empty if it can
 */
public record BackupVerdict(
        BackupId id, Optional<BackupSummary> summary, List<Reason> reasons, Optional<String> defect) {
    public BackupVerdict {
        reasons = List.copyOf(reasons);
    }

    public boolean stays() {
        return !reasons.isEmpty();
    }
}
