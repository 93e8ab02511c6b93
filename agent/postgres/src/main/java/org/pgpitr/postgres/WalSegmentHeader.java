package org.pgpitr.postgres;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * The header of a segment's first page ({@code XLogLongPageHeaderData} in {@code src/include/access/xlog_internal.h};
 * little-endian machines). Its layout is the same in all known versions; a newer one is told by its magic.
 *
 * @param magic tells the version of the WAL's format ({@code XLOG_PAGE_MAGIC}), unsigned 16 bits
 * @param timeline the timeline the page was written on; on the first segments of a timeline it may be an older one
 *     than in the file's name
 * @param pageAddress the position of the page: the segment's first byte
 * @param systemIdentifier of the cluster
 * @param segmentSize of the cluster
 * @param blockSize the size of a WAL page, in bytes
 */
public record WalSegmentHeader(
        int magic,
        TimelineId timeline,
        Lsn pageAddress,
        SystemIdentifier systemIdentifier,
        WalSegmentSize segmentSize,
        int blockSize) {
    /** How many bytes {@link #parse} needs. */
    public static final int LENGTH = 40;
    /** {@code XLP_LONG_HEADER}: set on the first page of each segment only. */
    private static final int LONG_HEADER = 2;

    /**
     * Reads the beginning of a segment.
     *
     * @param firstPage at least the first {@value #LENGTH} bytes
     * @throws InvalidFormatException if this is not the beginning of a segment, of any version
     */
    public static WalSegmentHeader parse(byte[] firstPage) {
        if (firstPage.length < LENGTH) {
            throw new InvalidFormatException(
                    "a WAL segment's header has " + LENGTH + " bytes, here are " + firstPage.length);
        }
        ByteBuffer in = ByteBuffer.wrap(firstPage).order(ByteOrder.LITTLE_ENDIAN);
        int magic = Short.toUnsignedInt(in.getShort(0));
        if (magic == 0 || (in.getShort(2) & LONG_HEADER) == 0) {
            throw new InvalidFormatException("no WAL segment begins like this (magic %04X, flags %04X)"
                    .formatted(magic, Short.toUnsignedInt(in.getShort(2))));
        }
        WalSegmentSize segmentSize = new WalSegmentSize(in.getInt(32));
        int blockSize = in.getInt(36);
        if (blockSize < 1024 || blockSize > 65536 || Integer.bitCount(blockSize) != 1) {
            throw new InvalidFormatException("not the size of a WAL page: " + blockSize + " bytes");
        }
        Lsn pageAddress = new Lsn(in.getLong(8));
        if (!segmentSize.start(segmentSize.segmentNumber(pageAddress)).equals(pageAddress)) {
            throw new InvalidFormatException("the page at " + pageAddress + " is not the first of a WAL segment");
        }
        return new WalSegmentHeader(
                magic,
                new TimelineId(Integer.toUnsignedLong(in.getInt(4))),
                pageAddress,
                new SystemIdentifier(in.getLong(24)),
                segmentSize,
                blockSize);
    }

    /** The major version that writes this magic; empty if it is none of those known here. */
    public Optional<PostgresMajor> major() {
        return switch (magic) {
            case 0xD106 -> Optional.of(new PostgresMajor(13));
            case 0xD10D -> Optional.of(new PostgresMajor(14));
            case 0xD110 -> Optional.of(new PostgresMajor(15));
            case 0xD113 -> Optional.of(new PostgresMajor(16));
            case 0xD116 -> Optional.of(new PostgresMajor(17));
            case 0xD118 -> Optional.of(new PostgresMajor(18));
            default -> Optional.empty();
        };
    }
}
