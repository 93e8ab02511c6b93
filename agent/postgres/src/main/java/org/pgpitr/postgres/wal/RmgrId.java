package org.pgpitr.postgres.wal;

/** The resource managers whose records are understood here ({@code src/include/access/rmgrlist.h}, same in 13 to 18). */
public final class RmgrId {
    public static final int XLOG = 0;
    public static final int TRANSACTION = 1;
    public static final int STORAGE = 2;
    public static final int DATABASE = 4;
    public static final int STANDBY = 8;
    public static final int HEAP2 = 9;
    public static final int HEAP = 10;

    private RmgrId() {}
}
