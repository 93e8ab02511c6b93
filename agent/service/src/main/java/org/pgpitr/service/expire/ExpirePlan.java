package org.pgpitr.service.expire;

import java.util.List;
import org.pgpitr.repository.retention.RetentionPlan;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.local.StaleFiles;

/**
 * All that one run would do.
 *
 * @param retention what goes, what stays, and why
 * @param endedMarks pins that have ended, leases of restores that are over, and measurements that no estimate looks at any
 *     more; they go
 * @param staleFiles temporary files on a disk that writers left which died; they go
 */
public record ExpirePlan(RetentionPlan retention, List<ObjectKey> endedMarks, List<StaleFiles.Stale> staleFiles) {
    public ExpirePlan {
        endedMarks = List.copyOf(endedMarks);
        staleFiles = List.copyOf(staleFiles);
    }
}
