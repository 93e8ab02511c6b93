package org.pgpitr.repository.stream;

import java.time.Instant;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;

/**
 * Up to where a stream has brought WAL beyond the archived segments.
 *
 * @param timeline the newest one of which there are pieces
 * @param lsn the first byte that is not there
 * @param stored when the last byte was stored, by the store's clock
 */
public record StreamEnd(TimelineId timeline, Lsn lsn, Instant stored) {}
