package org.pgpitr.postgres.wal;

import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;

/**
 * The first record of a new timeline: an end of recovery, or the checkpoint in its place.
 *
 * @param lsn the start of the record
 * @param from the timeline that was left
 * @param to the timeline that begins
 */
public record TimelineSwitch(Lsn lsn, TimelineId from, TimelineId to) {}
