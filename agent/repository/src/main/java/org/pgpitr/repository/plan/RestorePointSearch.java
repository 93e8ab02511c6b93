package org.pgpitr.repository.plan;

import java.util.List;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.RestorePoint;

/** Looks restore points up in WAL. The planner asks it only where the target is one. */
public interface RestorePointSearch {
    /** Looks nowhere: what a restore point's name leads to stays unknown. */
    RestorePointSearch NONE = (name, from, wal) -> new Unread("the WAL was not read");

    /**
     * The first restore point of that name, which is where a recovery to it would stop.
     *
     * @param from where replay begins; restore points before that are not met
     * @param wal what is replayed, in order
     * @throws org.pgpitr.error.PgpitrException CORRUPT, NO_KEY if an object can't be read
     * @throws org.pgpitr.storage.StorageException if the store does not answer
     */
    Result first(String name, Lsn from, List<WalRange> wal);

    /** What was found. */
    sealed interface Result {}

    /** There it is. */
    record Found(RestorePoint point) implements Result {}

    /** There is none in all of that WAL. */
    record Absent() implements Result {}

    /**
     * Before there was one, the WAL turned out to be broken: no recovery gets beyond that.
     *
     * @param why a clause with the position
     */
    record Broken(String why) implements Result {}

    /**
     * It could not be looked for.
     *
     * @param why a clause
     */
    record Unread(String why) implements Result {}
}
