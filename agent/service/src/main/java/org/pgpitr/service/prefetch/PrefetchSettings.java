package org.pgpitr.service.prefetch;

import java.time.Duration;
import org.pgpitr.postgres.WalSegmentSize;

/**
 * How far to prefetch.
 *
 * @param budget bytes of segments that are kept in {@code pg_wal} at most, but for a single segment that is larger; 0 for
 *     none
 * @param workers how many segments are fetched at once
 * @param idleTimeout after so long without a request, what was prefetched is given up
 */
public record PrefetchSettings(long budget, int workers, Duration idleTimeout) {
    /** How many segments are kept: the next one also where it is larger than the budget, which is set without a thought of it. */
    int depth(WalSegmentSize size) {
        return budget == 0 ? 0 : Math.toIntExact(Math.max(1, budget / size.bytes()));
    }
}
