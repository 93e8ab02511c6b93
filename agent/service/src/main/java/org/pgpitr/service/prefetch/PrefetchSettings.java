package org.pgpitr.service.prefetch;

import java.time.Duration;

/**
 * How far to prefetch.
 *
 * @param budget bytes of segments that are kept in {@code pg_wal} at most; below a segment, nothing is prefetched
 * @param workers how many segments are fetched at once
 * @param idleTimeout after so long without a request, what was prefetched is given up
 */
public record PrefetchSettings(long budget, int workers, Duration idleTimeout) {}
