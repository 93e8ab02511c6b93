/**
 * The server's replication protocol, as far as a receiver of its WAL needs it: slots' streams, timelines, histories
 * (PostgreSQL's manual, "Streaming Replication Protocol"; {@code src/backend/replication/walsender.c}).
 *
 * <p>The service's receiver may depend on it.
 */
package org.pgpitr.cluster.replication;
