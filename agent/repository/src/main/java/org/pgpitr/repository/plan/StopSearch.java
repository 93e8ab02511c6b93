package org.pgpitr.repository.plan;

import java.util.Optional;
import java.util.OptionalLong;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.wal.TransactionEnd;

/** Looks up in the WAL where a recovery stops. The planner asks it for what names do not tell. */
public interface StopSearch {
    /** Looks nowhere: a plan then rests on names alone. */
    StopSearch NAMES_ALONE = (target, replay) -> new Unread("the WAL was not read");

    /**
     * Where a recovery to that target stops.
     *
     * @throws UnusableWalException if a segment that would be replayed is damaged
     * @throws org.pgpitr.error.PgpitrException NO_KEY if an object can't be decrypted
     * @throws org.pgpitr.storage.StorageException if the store does not answer
     */
    Result find(RecoveryTarget target, Replay replay);

    /** What was found. */
    sealed interface Result {}

    /** It stops there. The end of the WAL is a stop for the one target that asks for it. */
    record Stops(RecoveryStop stop) implements Result {}

    /**
     * All of the WAL is replayed, and nothing stops it: PostgreSQL then ends with an error.
     *
     * @param last the last commit in that WAL
     * @param topLevel the transaction that the one which was asked for is a subtransaction of; empty if none is known
     */
    record NeverStops(Optional<TransactionEnd> last, OptionalLong topLevel) implements Result {
        NeverStops(Optional<TransactionEnd> last) {
            this(last, OptionalLong.empty());
        }
    }

    /**
     * Before it stops, the WAL turns out to be broken: no recovery gets beyond that.
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
