package org.pgpitr.postgres;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Judges a page that was read while the server may have been writing it, as {@code verify_page_checksum()} in
 * {@code src/backend/backup/basebackup.c} does; but a page whose header is blank while the rest is not counts as
 * damaged, as it does when the server reads it ({@code PageIsVerified()} in {@code src/backend/storage/page/bufpage.c}).
 */
public final class PageVerifier {
    /** What a page turns out to be. */
    public enum Verdict {
        /** The checksum is right. */
        GOOD,
        /** Never written: all zero. */
        NEW,
        /** Changed since the backup began, so replay puts it right and its checksum says nothing. */
        TOO_NEW,
        /** Damaged, or torn: read it again before believing it. */
        BAD
    }

    // PageHeaderData in src/include/storage/bufpage.h
    private static final int PD_CHECKSUM = 8;
    private static final int PD_UPPER = 14;
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    private PageVerifier() {}

    /**
     * @param buffer holds the page at {@code offset}
     * @param blockSize the page's size in bytes
     * @param blockNumber as in {@link PageChecksum#compute}
     * @param backupStart the backup's start position
     */
    public static Verdict verdict(byte[] buffer, int offset, int blockSize, long blockNumber, Lsn backupStart) {
        if (Short.toUnsignedInt((short) SHORT.get(buffer, offset + PD_UPPER)) == 0) {
            return isZero(buffer, offset, blockSize) ? Verdict.NEW : Verdict.BAD;
        }
        if (!lsn(buffer, offset).isBefore(backupStart)) {
            return Verdict.TOO_NEW;
        }
        return hasItsChecksum(buffer, offset, blockSize, blockNumber) ? Verdict.GOOD : Verdict.BAD;
    }

    /** Whether the checksum in a page is that of its content; the parameters are those of {@link #verdict}. */
    public static boolean hasItsChecksum(byte[] buffer, int offset, int blockSize, long blockNumber) {
        int stored = Short.toUnsignedInt((short) SHORT.get(buffer, offset + PD_CHECKSUM));
        return stored == PageChecksum.compute(buffer, offset, blockSize, blockNumber);
    }

    /** Where the page at {@code offset} says it was changed last. {@code PageXLogRecPtr}: the high half, then the low. */
    public static Lsn lsn(byte[] buffer, int offset) {
        return new Lsn(Integer.toUnsignedLong((int) INT.get(buffer, offset)) << 32
                | Integer.toUnsignedLong((int) INT.get(buffer, offset + 4)));
    }

    private static boolean isZero(byte[] buffer, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (buffer[i] != 0) {
                return false;
            }
        }
        return true;
    }
}
