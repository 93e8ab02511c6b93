package org.pgpitr.postgres;

/**
 * The size of every WAL segment of one cluster, chosen at {@code initdb}: a power of two from 1 MB to 1 GB.
 *
 * @param bytes the size in bytes
 */
public record WalSegmentSize(int bytes) {
    /** What {@code initdb} chooses unless told otherwise; never to be assumed of a cluster. */
    public static final WalSegmentSize DEFAULT = new WalSegmentSize(16 << 20);

    public WalSegmentSize {
        if (!isValid(bytes)) {
            throw new InvalidFormatException("not a WAL segment size: " + bytes + " bytes");
        }
    }

    /** Whether a segment can have this size ({@code IsValidWalSegSize} in {@code xlog_internal.h}). */
    public static boolean isValid(long bytes) {
        return bytes >= 1 << 20 && bytes <= 1 << 30 && Long.bitCount(bytes) == 1;
    }

    /** How many segments share one log number, the middle eight digits of a segment's name. */
    public long segmentsPerLog() {
        return 0x1_0000_0000L / bytes;
    }

    /** The segment's number that holds the byte at {@code lsn} ({@code XLByteToSeg}). */
    public long segmentNumber(Lsn lsn) {
        return Long.divideUnsigned(lsn.value(), bytes);
    }

    /** The segment's number that holds the byte before {@code lsn} ({@code XLByteToPrevSeg}): where WAL that ends at {@code lsn} ends. */
    public long segmentNumberBefore(Lsn lsn) {
        return segmentNumber(lsn.plus(-1));
    }

    /** The first byte of a segment. */
    public Lsn start(long segmentNumber) {
        return new Lsn(segmentNumber * bytes);
    }

    /** In PostgreSQL's units, such as {@code 16MB}. */
    @Override
    public String toString() {
        return bytes == 1 << 30 ? "1GB" : (bytes >> 20) + "MB";
    }
}
