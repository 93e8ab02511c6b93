package org.pgpitr.repository.window;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.pgpitr.postgres.RestorePoint;
import org.pgpitr.postgres.wal.TransactionEnd;

/**
 * What happened in an interval, as its WAL tells.
 *
 * @param first the first commit behind the end of its first backup; empty if there is none, or if only the end was asked
 *     for
 * @param last the last commit; empty if there is none
 * @param latest the latest time that the WAL tells: of a commit, an abort or a restore point; empty if there is none
 * @param restorePoints in order, the last {@value #MOST} at most
 * @param restorePointCount how many there are
 */
public record IntervalContents(
        Optional<TransactionEnd> first,
        Optional<TransactionEnd> last,
        Optional<Instant> latest,
        List<RestorePoint> restorePoints,
        long restorePointCount) {
    static final int MOST = 1000;

    public IntervalContents {
        restorePoints = List.copyOf(restorePoints);
    }
}
