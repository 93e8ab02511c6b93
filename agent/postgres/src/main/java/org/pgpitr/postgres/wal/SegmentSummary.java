package org.pgpitr.postgres.wal;

import java.util.Optional;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;

/**
 * What one segment of WAL tells, by itself: a pure function of its bytes, made by {@link SegmentSummarizer}. The records
 * that cross its boundaries are not in its {@link #facts}; {@link SummaryChain} joins neighbours and adds them.
 *
 * @param segment its name
 * @param size of the cluster's segments
 * @param major that wrote it
 * @param front the rest of a record that began in an earlier segment; empty if the segment begins with a record
 * @param firstPrevious what the first record that begins here says of the start of the record before it; empty if no
 *     record both begins and ends here
 * @param last the start of the last record that both begins and ends here; empty if there is none
 * @param back the beginning of a record that goes on in the next segment
 * @param end how its WAL ends
 * @param walEnd where its WAL ends
 * @param facts of the records that both begin and end here
 */
public record SegmentSummary(
        WalSegmentName segment,
        WalSegmentSize size,
        PostgresMajor major,
        RecordPart front,
        Optional<Lsn> firstPrevious,
        Optional<Lsn> last,
        RecordPart back,
        WalReader.End end,
        Lsn walEnd,
        WalFacts facts) {
    /** The number of the segment, see {@link WalSegmentName#number}. */
    public long number() {
        return segment.number(size);
    }

    public Lsn start() {
        return segment.start(size);
    }

    /** Whether the WAL goes on in the next segment. */
    public boolean isContinued() {
        return end != WalReader.End.OPEN;
    }
}
