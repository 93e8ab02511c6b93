/**
 * WAL, read: pages, records, block references, and what records mean to a recovery. PostgreSQL 13 to 18, as their
 * {@code xlogreader.c} and the headers of the resource managers define it.
 *
 * <p>Pure functions over segments in memory. Bytes that are not WAL end in a {@link
 * org.pgpitr.postgres.wal.BrokenWalException}, never in a guess.
 */
package org.pgpitr.postgres.wal;
