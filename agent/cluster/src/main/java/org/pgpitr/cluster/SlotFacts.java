package org.pgpitr.cluster;

import java.util.Optional;
import org.pgpitr.postgres.Lsn;

/**
 * A replication slot, as {@code pg_replication_slots} shows it.
 *
 * @param kind {@code physical} or {@code logical}
 * @param activePid of the server's process that streams from it; empty if nobody is connected
 * @param restart from where on the server keeps WAL for it; empty if it keeps none
 * @param walStatus {@code reserved}, {@code extended}, {@code unreserved} or {@code lost}; empty if it keeps none
 */
public record SlotFacts(
        String name, String kind, Optional<Integer> activePid, Optional<Lsn> restart, Optional<String> walStatus) {
    public boolean isPhysical() {
        return kind.equals("physical");
    }

    /** Whether the server has given it up: WAL that it stands for is gone. */
    public boolean isLost() {
        return walStatus.filter("lost"::equals).isPresent();
    }
}
