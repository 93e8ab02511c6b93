package org.pgpitr.repository.plan;

import java.util.List;
import org.pgpitr.postgres.Lsn;

/**
 * What a recovery replays where nothing stops it.
 *
 * @param from where it begins; what stands before that is in the backup
 * @param consistent where the backup is whole
 * @param to the first position that it does not reach, whatever the last segment holds behind that
 * @param wal the segments, in order
 */
public record Replay(Lsn from, Lsn consistent, Lsn to, List<WalRange> wal) {
    public Replay {
        wal = List.copyOf(wal);
    }
}
