package org.pgpitr.postgres.wal;

import static org.pgpitr.postgres.wal.LittleEndian.int32;
import static org.pgpitr.postgres.wal.LittleEndian.int64;
import static org.pgpitr.postgres.wal.LittleEndian.uint16;
import static org.pgpitr.postgres.wal.LittleEndian.uint32;
import static org.pgpitr.postgres.wal.LittleEndian.uint8;

import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentHeader;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;

/**
 * Reads the records of segments, one segment after the other, as {@code xlogreader.c} does: page headers, records that
 * cross pages and segments, the CRC-32C of each record, the chain of {@code xl_prev}.
 *
 * <p>The first segment given to a reader may begin in the middle of a record; that record is passed over, since its
 * beginning is not known. A segment that follows the one before it goes on where that one ended. Not for use by several
 * threads.
 */
public final class WalReader {
    private static final int FIRST_IS_CONTINUATION = 0x0001;
    private static final int LONG_HEADER = 0x0002;
    private static final int FIRST_IS_OVERWRITE = 0x0008;
    private static final int SHORT_PAGE_HEADER = 24;
    /** {@code XLogRecordMaxSize} of 16 and later; older ones could not write more than 1 GB either. */
    private static final int MAX_RECORD_LENGTH = 1020 * 1024 * 1024;

    private static final int RM_XLOG = 0;
    private static final int XLOG_SWITCH = 0x40;

    /** How the WAL in a segment ends. */
    public enum End {
        /** In the middle of a record, or exactly at the segment's end: the next segment goes on. */
        FULL,
        /** With a switch to the next segment; the rest is zeros. */
        SWITCHED,
        /** Before the segment's end, in zeros or what a recycled file held: the server was writing here. */
        OPEN
    }

    private final PostgresMajor major;
    private final WalSegmentSize size;
    private final ImageFormat imageFormat;
    private final CRC32C crc = new CRC32C();

    /** The part at hand: whole pages. */
    private byte[] segment = new byte[0];

    private int limit;
    private long segmentStart;
    private long segmentEnd;
    private TimelineId timeline = TimelineId.FIRST;
    private int blockSize;
    private int position;
    private End end = End.FULL;
    private int magic;
    private long walEnd;
    /** Behind an early end, where WAL goes on nevertheless; 0 if it does not. */
    private long resumption;

    /** Of the record that a first segment begins in the middle of. */
    private final RecordPart.Collector front = new RecordPart.Collector();

    private long frontRemaining;
    private long frontEnd;

    /** A record under way: its bytes so far, from the segment before. */
    private byte[] pending = new byte[0];

    private int pendingLength;
    private int pendingTotal;
    private long pendingStart;
    private long previousStart;
    private boolean chained;
    private long expectedSegment = -1;
    private boolean segmentBegins;

    /** @param major a known one; its page magic must stand in every page */
    public WalReader(PostgresMajor major, WalSegmentSize size) {
        this.major = major;
        this.size = size;
        this.imageFormat = ImageFormat.of(major);
    }

    /**
     * Goes on with a segment.
     *
     * @param bytes the whole segment; kept, not copied, until the next call
     * @throws BrokenWalException if it is not the segment of that name, by its first page
     */
    public void open(WalSegmentName name, byte[] bytes) {
        if (bytes.length != size.bytes()) {
            throw new BrokenWalException(
                    name.start(size), "the segment has " + bytes.length + " bytes instead of " + size.bytes());
        }
        open(name, header(name, bytes), 0);
        part(bytes, bytes.length);
    }

    /** The header of a segment's first page, from at least its first {@link WalSegmentHeader#LENGTH} bytes. */
    static WalSegmentHeader header(WalSegmentName name, WalSegmentSize size, byte[] beginning) {
        try {
            return WalSegmentHeader.parse(Arrays.copyOf(beginning, WalSegmentHeader.LENGTH));
        } catch (InvalidFormatException e) {
            throw new BrokenWalException(name.start(size), e.getMessage());
        }
    }

    private WalSegmentHeader header(WalSegmentName name, byte[] beginning) {
        return header(name, size, beginning);
    }

    /**
     * Goes on with a segment that follows in parts ({@link #part}), so that a big one need not be in memory.
     *
     * @param header of the segment's first page
     * @param offset where in the segment the parts begin, a page's start; if it is not 0, what is before it is not
     *     known, and reading begins anew
     * @throws BrokenWalException if it is not the header of the segment of that name
     */
    public void open(WalSegmentName name, WalSegmentHeader header, int offset) {
        long number = name.number(size);
        boolean follows = number == expectedSegment && offset == 0;
        if (!follows || end != End.FULL) {
            pendingTotal = 0;
        }
        if (!follows || end == End.OPEN) {
            chained = false;
        }
        segmentStart = name.start(size).value() + offset;
        segmentEnd = name.end(size).value();
        timeline = name.timeline();
        expectedSegment = number + 1;
        position = 0;
        limit = 0;
        end = End.FULL;
        walEnd = segmentEnd;
        resumption = 0;
        front.clear();
        frontRemaining = 0;
        blockSize = header.blockSize();
        if (!header.major().equals(Optional.of(major))) {
            throw new BrokenWalException(
                    name.start(size), "its pages are not of PostgreSQL " + major + ": magic " + hex(header.magic()));
        }
        if (header.segmentSize().bytes() != size.bytes()) {
            throw new BrokenWalException(name.start(size), "its header tells of segments of " + header.segmentSize());
        }
        magic = header.magic();
        segmentBegins = true;
    }

    /**
     * Takes the next part of a segment, once {@link #next} has given false for the one before it.
     *
     * @param bytes kept, not copied, until the next call
     * @param length whole pages, at least one
     * @throws BrokenWalException if its first page is not one that can stand there
     */
    public void part(byte[] bytes, int length) {
        segmentStart += limit;
        if (length <= 0 || length % blockSize != 0 || segmentEnd - segmentStart < length) {
            throw new IllegalArgumentException("not a part of this segment: " + length + " bytes");
        }
        segment = bytes;
        limit = length;
        position = 0;
        if (end != End.FULL) {
            lookForResumption(0);
            position = limit;
            return;
        }
        if (segmentBegins) {
            segmentBegins = false;
            begin();
        }
    }

    /** Whether all parts of the segment were given. */
    public boolean isWhole() {
        return segmentStart + limit == segmentEnd;
    }

    /** Where no record is pending, the rest of one at the beginning belongs to an unknown one, and is passed over. */
    private void begin() {
        pageHeader(0);
        if (pendingTotal == 0 && (uint16(segment, 2) & FIRST_IS_CONTINUATION) != 0) {
            if (chained) {
                throw broken(0, "a record goes on here that did not begin");
            }
            frontRemaining = uint32(segment, 16);
            front.begin(frontRemaining);
        }
    }

    /** How the segment's WAL ends; known once {@link #next} has returned false for all of it. */
    public End end() {
        return end;
    }

    /** Where the WAL ends: at the segment's end, or where an {@link End#OPEN} one breaks off. */
    public Lsn walEnd() {
        return new Lsn(walEnd);
    }

    /** Where valid pages follow on an {@link End#OPEN} end; empty if none do. What is between them is a hole. */
    public Optional<Lsn> resumption() {
        return resumption == 0 ? Optional.empty() : Optional.of(new Lsn(resumption));
    }

    /** Where the record begins whose end is in the next segment; empty if none is cut. */
    public Optional<Lsn> cutRecord() {
        return pendingTotal == 0 ? Optional.empty() : Optional.of(new Lsn(pendingStart));
    }

    /** The part of {@link #cutRecord}; only where it began in this segment. */
    RecordPart cutPart() {
        return pendingTotal == 0 ? RecordPart.NONE : RecordPart.of(pendingStart, pendingTotal, pendingLength, pending);
    }

    /** The part, in this segment, of the record that was passed over at its beginning; of length 0 if there is none. */
    RecordPart frontPart() {
        return front.part(frontRemaining > 0 ? segmentEnd : frontEnd);
    }

    /** Goes on, on the page at {@link #position}, with the record that is passed over. */
    private void passOver() {
        int page = position;
        if (isEndOfWal(page)) {
            open();
            return;
        }
        int headerLength = pageHeader(page);
        int flags = uint16(segment, page + 2);
        if ((flags & FIRST_IS_OVERWRITE) != 0) {
            frontRemaining = 0;
            position = page + headerLength;
            return;
        }
        if ((flags & FIRST_IS_CONTINUATION) == 0 || uint32(segment, page + 16) != frontRemaining) {
            throw broken(page, "the record that goes on here does not have its rest");
        }
        int part = (int) Math.min(frontRemaining, blockSize - headerLength);
        front.append(segment, page + headerLength, part);
        frontRemaining -= part;
        position = frontRemaining > 0 ? page + blockSize : page + headerLength + align(part);
        frontEnd = segmentStart + position;
    }

    /**
     * The next record that ends in this segment.
     *
     * @return false at the segment's end; see {@link #end}
     * @throws BrokenWalException if the bytes are neither a record nor the end of the WAL
     */
    public boolean next(WalRecord record) {
        while (position < limit) {
            if (pendingTotal > 0) {
                if (complete(record)) {
                    return true;
                }
            } else if (frontRemaining > 0) {
                passOver();
            } else {
                if (position % blockSize == 0) {
                    if (isEndOfWal(position)) {
                        return open();
                    }
                    position += firstOfPage(position);
                }
                long total = uint32(segment, position);
                if (total == 0) {
                    return open();
                }
                if (begin(record, total)) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean open() {
        end = End.OPEN;
        walEnd = pendingTotal > 0 ? pendingStart : segmentStart + position;
        pendingTotal = 0;
        frontRemaining = 0;
        lookForResumption(position - position % blockSize + blockSize);
        position = limit;
        return false;
    }

    private void lookForResumption(int from) {
        for (int page = from; end == End.OPEN && resumption == 0 && page < limit; page += blockSize) {
            if (!isEndOfWal(page)) {
                resumption = segmentStart + page;
            }
        }
    }

    /** Whether what follows is no WAL of this segment: zeros, or pages of the file that was recycled. */
    private boolean isEndOfWal(int page) {
        return uint16(segment, page) != magic || int64(segment, page + 8) != segmentStart + page;
    }

    /** The header's length of a page on which a record begins anew. */
    private int firstOfPage(int page) {
        int headerLength = pageHeader(page);
        if ((uint16(segment, page + 2) & FIRST_IS_CONTINUATION) != 0) {
            throw broken(page, "a record goes on here that did not begin");
        }
        return headerLength;
    }

    /** Reads a record at {@link #position} whole, or takes its part in this page as pending and gives false. */
    private boolean begin(WalRecord record, long total) {
        if (total < WalRecord.HEADER_LENGTH || total > MAX_RECORD_LENGTH) {
            throw broken(position, "a record of " + total + " bytes");
        }
        int at = position;
        int inPage = blockSize - at % blockSize;
        if (total <= inPage) {
            position += align((int) total);
            take(record, segment, at, (int) total, segmentStart + at);
            return true;
        }
        pendingStart = segmentStart + at;
        pendingTotal = (int) total;
        pendingLength = 0;
        append(at, inPage);
        position += inPage;
        return false;
    }

    /** Goes on with a pending record on the page at {@link #position}. True: it is complete and taken. */
    private boolean complete(WalRecord record) {
        int page = position;
        if (isEndOfWal(page)) {
            return open();
        }
        int headerLength = pageHeader(page);
        int flags = uint16(segment, page + 2);
        if ((flags & FIRST_IS_OVERWRITE) != 0) {
            // The server crashed before it had written the rest, and began anew here.
            pendingTotal = 0;
            position = page + headerLength;
            return false;
        }
        int remaining = pendingTotal - pendingLength;
        if ((flags & FIRST_IS_CONTINUATION) == 0 || uint32(segment, page + 16) != remaining) {
            throw broken(page, "the record at " + new Lsn(pendingStart) + " does not have its rest here");
        }
        int part = Math.min(remaining, blockSize - headerLength);
        append(page + headerLength, part);
        if (part < remaining) {
            position = page + blockSize;
            return false;
        }
        position = page + headerLength + align(part);
        int total = pendingTotal;
        pendingTotal = 0;
        take(record, pending, 0, total, pendingStart);
        return true;
    }

    private void append(int from, int count) {
        if (pendingLength + count > pending.length) {
            // Grows with what was read, not with what a header claims.
            int larger = Math.max(pendingLength + count, 2 * pending.length);
            pending = Arrays.copyOf(pending, Math.min(larger, pendingTotal));
        }
        System.arraycopy(segment, from, pending, pendingLength, count);
        pendingLength += count;
    }

    private void take(WalRecord record, byte[] bytes, int at, int total, long start) {
        requireCrc(crc, bytes, at, total, start);
        long previous = int64(bytes, at + 8);
        if (chained ? previous != previousStart : Long.compareUnsigned(previous, start) >= 0) {
            throw new BrokenWalException(
                    new Lsn(start),
                    "it says that the record before it is at " + new Lsn(previous)
                            + (chained ? ", but that is at " + new Lsn(previousStart) : ""));
        }
        previousStart = start;
        chained = true;
        long behind = segmentStart + position;
        if (uint8(bytes, at + 17) == RM_XLOG && (uint8(bytes, at + 16) & 0xF0) == XLOG_SWITCH) {
            end = End.SWITCHED;
            behind = segmentEnd;
            position = limit;
        }
        record.set(bytes, at, total, start, behind, imageFormat);
    }

    static void requireCrc(CRC32C crc, byte[] bytes, int at, int total, long start) {
        crc.reset();
        crc.update(bytes, at + WalRecord.HEADER_LENGTH, total - WalRecord.HEADER_LENGTH);
        crc.update(bytes, at, WalRecord.HEADER_LENGTH - 4);
        if (crc.getValue() != uint32(bytes, at + 20)) {
            throw new BrokenWalException(new Lsn(start), "record of " + total + " bytes with a wrong CRC");
        }
    }

    /** Checks a page's header and gives its length. */
    private int pageHeader(int page) {
        if (uint16(segment, page) != magic) {
            throw broken(page, "page with magic " + hex(uint16(segment, page)) + " instead of " + hex(magic));
        }
        if (int64(segment, page + 8) != segmentStart + page) {
            throw broken(page, "page that says it is at " + new Lsn(int64(segment, page + 8)));
        }
        if (Integer.toUnsignedLong(int32(segment, page + 4)) > timeline.value()) {
            throw broken(
                    page, "page of timeline " + uint32(segment, page + 4) + " in a segment of timeline " + timeline);
        }
        return (uint16(segment, page + 2) & LONG_HEADER) != 0 ? WalSegmentHeader.LENGTH : SHORT_PAGE_HEADER;
    }

    private BrokenWalException broken(int at, String what) {
        return new BrokenWalException(new Lsn(segmentStart + at), what);
    }

    private static int align(int length) {
        return (length + 7) & ~7;
    }

    private static String hex(int value) {
        return "0x" + Integer.toHexString(value);
    }
}
