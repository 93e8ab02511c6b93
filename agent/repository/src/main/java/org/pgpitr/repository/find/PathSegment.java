package org.pgpitr.repository.find;

import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;

/**
 * An archived segment on the way along a timeline.
 *
 * @param file how it is archived
 * @param name of the segment
 * @param number of the segment
 * @param until where the way leaves it: records from there on belong to another timeline
 */
record PathSegment(WalFileName file, WalSegmentName name, long number, Lsn until) {}
