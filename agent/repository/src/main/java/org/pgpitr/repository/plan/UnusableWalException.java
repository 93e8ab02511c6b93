package org.pgpitr.repository.plan;

import org.pgpitr.postgres.WalSegmentName;

/** WAL that is archived and can't be used was met. */
public final class UnusableWalException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient WalSegmentName segment;
    private final transient DamagedWal wal;

    public UnusableWalException(WalSegmentName segment, DamagedWal wal, Throwable cause) {
        super(wal.how(), cause);
        this.segment = segment;
        this.wal = wal;
    }

    /** The segment it would be. */
    public WalSegmentName segment() {
        return segment;
    }

    /** What is wrong with it. */
    public DamagedWal wal() {
        return wal;
    }
}
