package org.pgpitr.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.pgpitr.postgres.Lsn;

/**
 * On a standby the stop is the minimum recovery point, which may lie before what is replayed already. So a snapshot
 * counts only if all that was replayed when it was taken lies before the stop. Once replay has passed the stop, what is
 * not seen as ended has no commit record before it.
 */
final class StandbyBounds implements TransactionBounds {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final Session session;
    private final List<Mark> marks = new ArrayList<>();

    StandbyBounds(Session session) {
        this.session = session;
        observe();
    }

    /**
     * What was replayed at some moment.
     *
     * @param xmin every transaction below it had ended
     * @param replayed read after {@code xmin}
     */
    private record Mark(long xmin, Lsn replayed) {}

    @Override
    public void observe() {
        if (FactsQuery.role(session) == Role.PRIMARY) {
            throw ServerFailure.unavailable("the standby was promoted while the backup was under way", null, null);
        }
        long xmin = TransactionBounds.xmin(session);
        marks.add(new Mark(xmin, FactsQuery.position(session)));
    }

    @Override
    public BackupStop complete(StopPoint stop, Instant now) {
        long xmin = marks.stream()
                .filter(mark -> !mark.replayed().isAfter(stop.lsn()))
                .mapToLong(Mark::xmin)
                .max()
                .orElse(0);
        if (!replayPasses(stop.lsn())) {
            // Replay is held up by a query of the standby: nothing can be told then
            return stop.with(now, xmin, Long.MAX_VALUE);
        }
        long xmax = session.row(
                "read the server's transactions",
                Privilege.NONE,
                "SELECT pg_snapshot_xmax(pg_current_snapshot())::text",
                row -> Long.parseLong(row.getString(1)));
        return stop.with(later(now, lastCommit(now)), xmin, xmax);
    }

    private boolean replayPasses(Lsn lsn) {
        for (long waited = 0; FactsQuery.position(session).isBefore(lsn); waited += PAUSE.toMillis()) {
            if (waited >= PATIENCE.toMillis()) {
                return false;
            }
            try {
                Thread.sleep(PAUSE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw ServerFailure.unavailable("interrupted while ending the backup", null, e);
            }
        }
        return true;
    }

    /** By the primary's clock, which may be ahead of this server's; {@code otherwise} if no commit was replayed. */
    private Instant lastCommit(Instant otherwise) {
        return session.row(
                "read the server's transactions",
                Privilege.NONE,
                "SELECT extract(epoch FROM pg_last_xact_replay_timestamp()) * 1000000",
                row -> row.getBigDecimal(1) == null ? otherwise : Server.microseconds(row, 1));
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
