package org.pgpitr.postgres.wal;

import static org.pgpitr.postgres.wal.LittleEndian.int64;
import static org.pgpitr.postgres.wal.LittleEndian.uint8;

import java.util.Optional;
import java.util.zip.CRC32C;
import org.pgpitr.postgres.Lsn;

/**
 * Joins the summaries of segments that follow each other, on one timeline or on into another one: checks that they do
 * follow, and adds the records that cross from one into the next to the facts of the one they end in. No WAL is read.
 *
 * <p>A summary that is not of the next segment begins a new chain. Not for use by several threads.
 */
public final class SummaryChain {
    private final CRC32C crc = new CRC32C();
    private final WalRecord record = new WalRecord();

    private long expected = -1;
    private Optional<Lsn> previous = Optional.empty();
    private Optional<Lsn> firstPrevious = Optional.empty();

    /** The beginning of the record under way, as far as it is kept without a hole. */
    private byte[] kept = new byte[0];

    private Lsn start = Lsn.ZERO;
    private long total;
    private long missing;

    /** Of a record under way whose beginning is not known. */
    private long missingOfUnknown;

    /**
     * Goes on with a segment.
     *
     * @return its facts, with those of the record that ends in it and began before
     * @throws BrokenWalException if it does not go on where the segment before it ended; the chain then begins anew with
     *     this one
     */
    public WalFacts next(SegmentSummary summary) {
        if (summary.number() != expected) {
            forget();
        }
        try {
            WalFacts crossing = cross(summary);
            requireChain(summary);
            return WalFacts.NONE.equals(crossing) ? summary.facts() : crossing.and(summary.facts());
        } catch (BrokenWalException e) {
            forget();
            throw e;
        } finally {
            adopt(summary);
        }
    }

    /** Whether a summary is of the segment that comes next. */
    boolean awaits(SegmentSummary summary) {
        return summary.number() == expected;
    }

    /** What the first record of this chain that is known says of the one before it. */
    Optional<Lsn> firstPrevious() {
        return firstPrevious;
    }

    /** The start of the last record that is whole. */
    Optional<Lsn> previous() {
        return previous;
    }

    /** The beginning of the record under way. */
    RecordPart underWay() {
        return RecordPart.of(start.value(), total, missing == 0 ? 0 : total - missing, kept);
    }

    private void forget() {
        firstPrevious = Optional.empty();
        previous = Optional.empty();
        missing = 0;
        missingOfUnknown = 0;
        expected = -1;
    }

    private void adopt(SegmentSummary summary) {
        boolean known = expected >= 0;
        expected = summary.end() == WalReader.End.OPEN ? -1 : summary.number() + summary.segments();
        if (firstPrevious.isEmpty()) {
            firstPrevious = summary.firstPrevious();
        }
        if (summary.last().isPresent()) {
            previous = summary.last();
        }
        if (!summary.back().isEmpty()) {
            RecordPart back = summary.back();
            kept = back.bytes();
            start = back.lsn();
            total = back.total();
            missing = total - back.length();
            missingOfUnknown = 0;
        } else if (!known || missing == 0) {
            missingOfUnknown = summary.front().total() - summary.front().length();
        }
    }

    private WalFacts cross(SegmentSummary summary) {
        RecordPart rest = summary.front();
        if (expected < 0) {
            return WalFacts.NONE;
        }
        long awaited = missing > 0 ? missing : missingOfUnknown;
        if (awaited == 0) {
            if (!rest.isEmpty()) {
                throw broken(summary, "a record goes on here that did not begin");
            }
            return WalFacts.NONE;
        }
        if (rest.isEmpty()) {
            // The server crashed in it and began anew here: what the first record says of the one before it tells.
            missing = 0;
            missingOfUnknown = 0;
            if (summary.firstPrevious().isEmpty()) {
                throw broken(summary, "the record before it does not have its rest here");
            }
            return WalFacts.NONE;
        }
        if (rest.total() != awaited) {
            throw broken(summary, "the record that goes on here is not the one that the segment before it ends with");
        }
        if (missing == 0) {
            missingOfUnknown -= rest.length();
            return WalFacts.NONE;
        }
        if (kept.length == total - missing) {
            kept = rest.after(kept);
        }
        missing -= rest.length();
        return missing > 0 ? WalFacts.NONE : completed(summary, rest.lsn());
    }

    private WalFacts completed(SegmentSummary summary, Lsn end) {
        if (kept.length < WalRecord.HEADER_LENGTH) {
            throw new BrokenWalException(start, "a record of " + total + " bytes");
        }
        Lsn before = new Lsn(int64(kept, 8));
        if (previous.isPresent() && !previous.get().equals(before)) {
            throw new BrokenWalException(
                    start, "it says that the record before it is at " + before + ", but that is at " + previous.get());
        }
        previous = Optional.of(start);
        if (firstPrevious.isEmpty()) {
            firstPrevious = Optional.of(before);
        }
        FactsCollector facts = new FactsCollector(summary.major());
        if (kept.length == total) {
            WalReader.requireCrc(crc, kept, 0, kept.length, start.value());
            record.set(kept, 0, kept.length, start.value(), end.value(), ImageFormat.of(summary.major()));
            facts.add(record);
        } else {
            facts.addUnread(uint8(kept, 17));
        }
        return facts.facts();
    }

    private void requireChain(SegmentSummary summary) {
        if (expected >= 0
                && previous.isPresent()
                && summary.firstPrevious().isPresent()
                && !summary.firstPrevious().equals(previous)) {
            throw broken(
                    summary,
                    "its first record says that the record before it is at "
                            + summary.firstPrevious().get() + ", but that is at " + previous.get());
        }
    }

    private static BrokenWalException broken(SegmentSummary summary, String what) {
        return new BrokenWalException(summary.start(), what);
    }
}
