package org.pgpitr.cluster;

import java.time.Instant;

/** On a primary the next transaction id is found out by taking it: what has not begun after the stop ends behind it. */
final class PrimaryBounds implements TransactionBounds {
    private final Session session;
    private long xmin;

    PrimaryBounds(Session session) {
        this.session = session;
    }

    @Override
    public void observe() {
        xmin = TransactionBounds.xmin(session);
    }

    @Override
    public BackupStop complete(StopPoint stop, Instant now) {
        long nextXid = session.row(
                "read the server's transactions",
                Privilege.NONE,
                "SELECT pg_current_xact_id()::text",
                row -> Long.parseLong(row.getString(1)));
        return stop.with(now, xmin, nextXid);
    }
}
