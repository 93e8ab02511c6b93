package org.pgpitr.postgres.wal;

import org.pgpitr.postgres.Lsn;

/** The bytes of a segment are not the WAL they should be. The message says where and what, in one line. */
public final class BrokenWalException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Lsn lsn;

    public BrokenWalException(Lsn lsn, String what) {
        super("WAL is broken at " + lsn + ": " + what);
        this.lsn = lsn;
    }

    /** The record or the page that is broken. */
    public Lsn lsn() {
        return lsn;
    }
}
