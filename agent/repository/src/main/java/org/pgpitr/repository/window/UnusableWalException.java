package org.pgpitr.repository.window;

import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.plan.WindowFacts.DamagedWal;

/** WAL that is archived and can't be used was met. */
final class UnusableWalException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient WalSegmentName segment;
    private final transient DamagedWal wal;

    UnusableWalException(WalSegmentName segment, DamagedWal wal, Throwable cause) {
        super(wal.how(), cause);
        this.segment = segment;
        this.wal = wal;
    }

    WalSegmentName segment() {
        return segment;
    }

    DamagedWal wal() {
        return wal;
    }
}
