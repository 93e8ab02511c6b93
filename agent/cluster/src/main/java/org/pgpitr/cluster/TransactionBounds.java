package org.pgpitr.cluster;

import java.time.Instant;

/**
 * Tells which transactions ended before a backup's stop and which behind it, as far as a session can know. Between the
 * two bounds it may be either.
 *
 * <p>A commit is in the WAL before other sessions see the transaction as ended. So what a snapshot before the stop sees
 * as ended, did end before it. But what a snapshot behind the stop still sees as running may have its commit record
 * before the stop (a commit that waits for a synchronous standby, for one).
 */
sealed interface TransactionBounds permits PrimaryBounds, StandbyBounds {
    static TransactionBounds of(Session session) {
        return FactsQuery.role(session) == Role.PRIMARY ? new PrimaryBounds(session) : new StandbyBounds(session);
    }

    /**
     * Looks at what has ended by now: now and then, and the last time right before the stop.
     *
     * @throws org.pgpitr.error.PgpitrException POSTGRES_UNAVAILABLE if the server has gone, or is no standby any more
     */
    void observe();

    /**
     * After the stop: fills in the transactions and the time.
     *
     * @param now read after the stop, by the server's clock
     */
    BackupStop complete(StopPoint stop, Instant now);

    /** Every transaction below it has ended. */
    static long xmin(Session session) {
        return session.row(
                "read the server's transactions",
                Privilege.NONE,
                "SELECT pg_snapshot_xmin(pg_current_snapshot())::text",
                row -> Long.parseLong(row.getString(1)));
    }
}
