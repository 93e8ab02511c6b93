package org.pgpitr.postgres.wal;

import java.util.List;
import java.util.Optional;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;

/**
 * What one segment of WAL tells, by itself: a pure function of its bytes, made by {@link SegmentSummarizer}; or what
 * several that follow each other tell, {@link #joined}. The records that cross its boundaries are not in its {@link
 * #facts}; {@link SummaryChain} joins neighbours and adds them.
 *
 * @param segment its name, or that of the first one
 * @param segments how many segments it tells of
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
        long segments,
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

    /** The first byte behind the segment. */
    public Lsn segmentEnd() {
        return size.start(number() + segments);
    }

    /**
     * What neighbours tell together.
     *
     * @param neighbours at least one, of one timeline, each the next one's predecessor
     * @throws BrokenWalException if one does not go on where the one before it ended
     */
    public static SegmentSummary joined(List<SegmentSummary> neighbours) {
        SegmentSummary first = neighbours.get(0);
        SegmentSummary last = neighbours.get(neighbours.size() - 1);
        SummaryChain chain = new SummaryChain();
        WalFacts facts = WalFacts.NONE;
        RecordPart front = first.front;
        long segments = 0;
        for (SegmentSummary each : neighbours) {
            if (segments > 0 && !chain.awaits(each)) {
                throw new BrokenWalException(each.start(), "the WAL before it does not lead here");
            }
            facts = facts.and(chain.next(each));
            if (segments > 0 && front.length() < front.total()) {
                front = front.longer(each.front);
            }
            segments += each.segments;
        }
        return new SegmentSummary(
                first.segment,
                segments,
                first.size,
                first.major,
                front,
                chain.firstPrevious(),
                chain.previous(),
                chain.underWay(),
                last.end,
                last.walEnd,
                facts);
    }

    /** The same with shorter lists, see {@link WalFacts#brief}. */
    public SegmentSummary brief(int most) {
        return new SegmentSummary(
                segment, segments, size, major, front, firstPrevious, last, back, end, walEnd, facts.brief(most));
    }
}
