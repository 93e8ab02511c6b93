package org.pgpitr.repository.plan;

import java.util.List;
import java.util.Optional;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.backup.BackupSummary;

/**
 * Segments that a recovery would need and that are not in the archive, one behind the other.
 *
 * @param timeline that a recovery follows when it comes here
 * @param first the first of them
 * @param last the last of them; on another timeline than {@code first} if the path changes within the hole
 * @param count how many
 * @param before the segment before the hole; empty if a recovery would begin with the hole
 * @param after the first archived segment behind the hole; empty if there is none
 * @param lostFrom the first position that can't be recovered
 * @param again the backup at whose end what comes after the hole can be recovered again; empty if there is none
 * @param inconsistent the backups that the hole keeps from ever becoming consistent
 */
public record WalHole(
        TimelineId timeline,
        WalSegmentName first,
        WalSegmentName last,
        long count,
        Optional<WalSegmentName> before,
        Optional<WalSegmentName> after,
        Lsn lostFrom,
        Optional<BackupSummary> again,
        List<BackupSummary> inconsistent) {
    public WalHole {
        inconsistent = List.copyOf(inconsistent);
    }
}
