package org.pgpitr.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.pgpitr.postgres.Lsn;

/**
 * On a standby the stop is the minimum recovery point, which may lie before what is replayed already. So a snapshot
 * counts only if all that was replayed when it was taken lies before the stop; what the last checkpoint knew always
 * does. Once replay has passed the stop, what is not seen as ended has no commit record before it.
 */
final class StandbyBounds implements TransactionBounds {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final Session session;
    private final List<Mark> marks = new ArrayList<>();

    StandbyBounds(Session session) {
        this.session = session;
        marks.add(new Mark(endedBeforeCheckpoint(session), Lsn.ZERO));
        observe();
    }

    /**
     * The oldest transaction that was active at the last checkpoint, which lies before any stop to come. A checkpoint
     * at shutdown does not tell; the oldest that may be unfrozen then serves. Both come without their epoch, and are
     * not newer than the next one, which has it.
     */
    private static long endedBeforeCheckpoint(Session session) {
        return session.row(
                "read the server's last checkpoint",
                Privilege.NONE,
                "SELECT split_part(next_xid, ':', 1)::bigint, split_part(next_xid, ':', 2)::bigint,"
                        + " oldest_active_xid::text::bigint, oldest_xid::text::bigint FROM pg_control_checkpoint()",
                row -> {
                    long oldest = row.getLong(3) != 0 ? row.getLong(3) : row.getLong(4);
                    return oldest <= row.getLong(2)
                            ? (row.getLong(1) << 32) + oldest
                            : Math.max(0, (row.getLong(1) - 1) << 32) + oldest;
                });
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
                .orElseThrow();
        awaitReplay(stop.lsn());
        long xmax = session.row(
                "read the server's transactions",
                Privilege.NONE,
                "SELECT pg_snapshot_xmax(pg_current_snapshot())::text",
                row -> Long.parseLong(row.getString(1)));
        return stop.with(later(now, lastCommit(now)), xmin, xmax);
    }

    /**
     * Waits until replay has passed. It is at most one record short of the stop; if that is held up for long by a
     * query, it is none that ends a transaction, so nothing is lost by going on.
     */
    private void awaitReplay(Lsn lsn) {
        for (long waited = 0;
                waited < PATIENCE.toMillis() && FactsQuery.position(session).isBefore(lsn);
                waited += PAUSE.toMillis()) {
            try {
                Thread.sleep(PAUSE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw ServerFailure.unavailable("interrupted while trying to end the backup", null, e);
            }
        }
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
