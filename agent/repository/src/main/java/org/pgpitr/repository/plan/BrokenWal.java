package org.pgpitr.repository.plan;

import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.WalSegmentName;

/**
 * WAL that can't be replayed.
 *
 * @param lsn where it begins
 * @param segment that it lies in
 */
public record BrokenWal(Lsn lsn, WalSegmentName segment) {
    /** In a clause. */
    String what() {
        return "the broken WAL at " + lsn + " in segment " + segment;
    }
}
