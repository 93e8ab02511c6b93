package org.pgpitr.postgres.wal;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.WalSegmentHeader;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;

/**
 * Makes the {@link SegmentSummary} of a segment, and finds in doing so what is broken in it: page headers, record CRCs,
 * the chain of records. Reads it part by part: its memory does not grow with the segment, but with the longest record
 * that crosses pages.
 */
public final class SegmentSummarizer {
    /** A multiple of every page size; small enough to stay in a processor's cache. */
    private static final int PART = 256 << 10;

    private final PostgresMajor major;
    private final WalSegmentSize size;

    /** @param major a known one */
    public SegmentSummarizer(PostgresMajor major, WalSegmentSize size) {
        this.major = major;
        this.size = size;
    }

    /**
     * Reads a whole segment: one that is archived under its own name. It need not be full (the server may have been
     * promoted away from it), but behind the end of its WAL nothing valid may follow.
     *
     * @param bytes the segment's, from its first on; what comes behind them is not read
     * @throws BrokenWalException if it is not the unbroken segment of that name
     * @throws IOException if it can't be read
     */
    public SegmentSummary whole(WalSegmentName name, InputStream bytes) throws IOException {
        Reading reading = new Reading(name, bytes);
        reading.toEnd();
        Optional<Lsn> resumption = reading.reader.resumption();
        if (resumption.isPresent()) {
            throw new BrokenWalException(
                    reading.reader.walEnd(), "there is no record, but WAL goes on at " + resumption.get());
        }
        return reading.summary(reading.reader.end(), reading.reader.walEnd());
    }

    /**
     * Reads a segment that was left before it was full, such as a {@code .partial} one: its WAL ends where no valid
     * record follows.
     *
     * @throws BrokenWalException if it does not begin as the segment of that name
     */
    public SegmentSummary partial(WalSegmentName name, InputStream bytes) throws IOException {
        Reading reading = new Reading(name, bytes);
        try {
            reading.toEnd();
            return reading.summary(reading.reader.end(), reading.reader.walEnd());
        } catch (BrokenWalException e) {
            if (e.lsn().isBefore(name.start(size).plus(WalSegmentHeader.LENGTH))) {
                throw e;
            }
            return reading.summary(WalReader.End.OPEN, e.lsn());
        }
    }

    /**
     * Reads the end of a segment alone, to see whether another one follows it: what it says of its front, and its facts,
     * are those of that part.
     *
     * @param header the segment's first {@link WalSegmentHeader#LENGTH} bytes
     * @param offset where {@code bytes} begin, a multiple of 64 kB, before the segment's end
     * @throws BrokenWalException if it is not the unbroken end of that segment
     */
    public SegmentSummary tail(WalSegmentName name, byte[] header, InputStream bytes, int offset) throws IOException {
        Reading reading = new Reading(name, bytes);
        reading.open(header, offset);
        reading.toEnd(offset);
        return reading.summary(reading.reader.end(), reading.reader.walEnd());
    }

    private final class Reading {
        private final WalSegmentName name;
        private final InputStream in;
        private final WalReader reader = new WalReader(major, size);
        private final FactsCollector facts = new FactsCollector(major);
        private final byte[] part = new byte[PART];
        private Optional<Lsn> firstPrevious = Optional.empty();
        private long lastStart;

        Reading(WalSegmentName name, InputStream in) {
            this.name = name;
            this.in = in;
        }

        void open(byte[] header, int offset) {
            reader.open(name, WalReader.header(name, size, header), offset);
        }

        void toEnd() throws IOException {
            int length = nextPart(0);
            open(part, 0);
            toEnd(0, length);
        }

        void toEnd(int offset) throws IOException {
            toEnd(offset, nextPart(offset));
        }

        private void toEnd(long offset, int firstLength) throws IOException {
            WalRecord record = new WalRecord();
            int length = firstLength;
            for (long read = offset + length; ; read += length) {
                reader.part(part, length);
                while (reader.next(record)) {
                    if (firstPrevious.isEmpty()) {
                        firstPrevious = Optional.of(record.previous());
                    }
                    lastStart = record.startValue();
                    facts.add(record);
                }
                if (reader.isWhole()) {
                    return;
                }
                length = nextPart(read);
            }
        }

        private int nextPart(long read) throws IOException {
            int wanted = (int) Math.min(PART, size.bytes() - read);
            int length = in.readNBytes(part, 0, wanted);
            if (length < wanted) {
                throw new BrokenWalException(
                        name.start(size), "the segment has " + (read + length) + " bytes instead of " + size.bytes());
            }
            return length;
        }

        SegmentSummary summary(WalReader.End end, Lsn walEnd) {
            return new SegmentSummary(
                    name,
                    1,
                    size,
                    major,
                    reader.frontPart(),
                    firstPrevious,
                    lastStart == 0 ? Optional.empty() : Optional.of(new Lsn(lastStart)),
                    end == WalReader.End.FULL ? reader.cutPart() : RecordPart.NONE,
                    end,
                    walEnd,
                    facts.facts());
        }
    }
}
