package org.pgpitr.repository.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.repository.backup.BackupSummary;

/**
 * Moments of a timeline that can't be recovered, though there were such.
 *
 * @param from the first position that can't
 * @param until the end of the backup from which on moments can be recovered again; empty if there is none
 * @param causes in the order of the WAL
 */
public record WindowGap(Lsn from, Optional<BackupSummary> until, List<GapCause> causes) {
    public WindowGap {
        causes = List.copyOf(causes);
    }

    /** What would mend it, in clauses without a full stop: any of them, or all, as there are several causes. */
    public List<String> mends() {
        List<String> mends =
                new ArrayList<>(causes.stream().map(GapCause::mend).distinct().toList());
        boolean history = causes.stream().anyMatch(GapCause.MissingHistory.class::isInstance);
        if (until.isEmpty() && !history) {
            mends.add("a new backup (`pgpitr backup`) makes what comes after it recoverable");
        }
        return mends;
    }
}
