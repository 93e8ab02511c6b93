package org.pgpitr.postgres;

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

    /**
     * Reads the beginning of a segment.
     *
     * @param firstPage at least the first {@value #LENGTH} bytes
     * @throws InvalidFormatException if this is not the beginning of a segment, of any version
     */
    public static WalSegmentHeader parse(byte[] firstPage) {
        throw new UnsupportedOperationException();
    }

    /** The major version that writes this magic; empty if it is none of those known here. */
    public Optional<PostgresMajor> major() {
        throw new UnsupportedOperationException();
    }
}
