package org.pgpitr.cluster.replication;

import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.TimelineId;

/**
 * What {@code IDENTIFY_SYSTEM} says.
 *
 * @param timeline that the server is on now
 * @param flushed up to where its WAL is durable there
 */
public record ServerIdentity(SystemIdentifier systemIdentifier, TimelineId timeline, Lsn flushed) {}
