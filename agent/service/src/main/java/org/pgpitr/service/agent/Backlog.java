package org.pgpitr.service.agent;

import java.util.List;
import java.util.Optional;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;

/**
 * What waits to be archived.
 *
 * @param first the first names in the archiver's order, acknowledged ones included
 * @param files how many wait, acknowledged ones not counted
 * @param segments how many of them are whole segments
 * @param lastDone the last segment that PostgreSQL knows to be archived and still remembers
 */
record Backlog(List<WalFileName> first, long files, long segments, Optional<WalSegmentName> lastDone) {
    static final Backlog NONE = new Backlog(List.of(), 0, 0, Optional.empty());
}
