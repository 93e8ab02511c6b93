package org.pgpitr.service.stream;

import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;

/**
 * Where a stream begins or stands.
 *
 * @param timeline whose WAL it is
 * @param lsn the next byte
 */
public record StreamPosition(TimelineId timeline, Lsn lsn) {
    /** For people. */
    @Override
    public String toString() {
        return lsn + " on timeline " + timeline;
    }
}
