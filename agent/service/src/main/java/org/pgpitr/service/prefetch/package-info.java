/**
 * WAL fetched ahead of a recovery: a part of the agent, what stands for it in {@code pg_wal}, and how {@code archive-get}
 * tells it where the recovery is. It makes a recovery faster and decides nothing: what it does not have, {@code
 * archive-get} fetches by itself.
 *
 * <p>The command line depends on it. It depends on the agent, the spool, on what PostgreSQL calls, and on the
 * configuration.
 */
package org.pgpitr.service.prefetch;
