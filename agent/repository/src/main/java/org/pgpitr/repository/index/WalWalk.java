package org.pgpitr.repository.index;

import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.postgres.wal.SummaryChain;
import org.pgpitr.postgres.wal.WalFacts;
import org.pgpitr.postgres.wal.WalReader;
import org.pgpitr.postgres.wal.WalRecord;
import org.pgpitr.repository.Threads;
import org.pgpitr.repository.archive.ArchivedWal;

/**
 * Goes with a scout along a path of WAL: by stretches, by segments where a stretch does not tell enough, by records at
 * last. The runs and segments it is given follow each other, on the same timeline or on into a later one.
 */
public final class WalWalk {
    private static final String READING = "reading WAL";

    /** Of segments that are longer none is fetched beside the one that is read. */
    private static final long FETCHED_BESIDE = 64L << 20;

    private final WalIndex index;
    private final PostgresMajor major;
    private final WalSegmentSize size;
    private final Function<WalSegmentName, byte[]> wal;
    private final Scout scout;
    private final LongConsumer passed;
    private final SummaryChain chain = new SummaryChain();
    private Optional<WalSegmentName> before = Optional.empty();
    /** Whether the chain does not know of the segment before. */
    private boolean unjoined;

    /** Has read up to the end of {@link #readTo}, if that is present. */
    private WalReader reader;

    private final WalRecord record = new WalRecord();
    private Optional<WalSegmentName> readTo = Optional.empty();

    private Scout.Next next = Scout.Next.CONTINUE;

    /**
     * @param index of the archive
     * @param wal gives a segment's WAL, in the segment's full length; also in other threads
     * @param passed hears how many segments lie behind, again and again
     */
    public WalWalk(
            WalIndex index,
            PostgresMajor major,
            WalSegmentSize size,
            Function<WalSegmentName, byte[]> wal,
            Scout scout,
            LongConsumer passed) {
        this.index = index;
        this.major = major;
        this.size = size;
        this.reader = new WalReader(major, size);
        this.wal = wal;
        this.scout = scout;
        this.passed = passed;
    }

    /** Whether the scout wants no more. */
    public boolean isOver() {
        return next == Scout.Next.STOP;
    }

    /**
     * Goes along whole segments.
     *
     * @throws BrokenWalException if their WAL is broken
     * @throws org.pgpitr.error.PgpitrException CORRUPT, NO_KEY
     */
    public void along(ArchivedWal.Run run) {
        index.search(run.timeline(), run.first(), run.last(), new Visitor(this::stretch));
    }

    /**
     * Goes through a segment of which the index knows nothing, such as one put together from the pieces of a stream.
     *
     * @throws BrokenWalException if its WAL is broken
     */
    public void through(WalSegmentName segment) {
        read(segment);
        before = Optional.of(segment);
        unjoined = true;
        passed.accept(1);
    }

    /** Shows what stands before the break of a broken segment: the scout may want no more. */
    private final class Visitor implements IndexVisitor {
        private final IndexVisitor sound;

        Visitor(IndexVisitor sound) {
            this.sound = sound;
        }

        @Override
        public Next visit(SegmentSummary summary) {
            return sound.visit(summary);
        }

        @Override
        public Next broken(WalSegmentName segment, BrokenWalException why) {
            read(segment);
            if (isOver()) {
                return Next.STOP;
            }
            throw why;
        }

        /** Its WAL may be sound all the same; if it is not, reading it tells. */
        @Override
        public Next damaged(WalSegmentName segment, PgpitrException why) {
            through(segment);
            return goOn();
        }
    }

    private IndexVisitor.Next stretch(SegmentSummary summary) {
        WalFacts facts = chain.next(summary);
        boolean entersUnseen = unjoined && !summary.front().isEmpty();
        unjoined = false;
        if (!entersUnseen && !scout.needsRecords(summary, facts)) {
            next = scout.take(summary, facts);
        } else if (summary.segments() == 1) {
            read(summary.segment());
        } else {
            closer(summary);
        }
        before = Optional.of(
                WalSegmentName.of(summary.segment().timeline(), summary.number() + summary.segments() - 1, size));
        passed.accept(summary.segments());
        return goOn();
    }

    private IndexVisitor.Next goOn() {
        return isOver() ? IndexVisitor.Next.STOP : IndexVisitor.Next.CONTINUE;
    }

    /** By groups where it was a block, by segments where it was a group. The crossing record is looked for in WAL. */
    private void closer(SegmentSummary summary) {
        SummaryChain within = new SummaryChain();
        long last = summary.number() + summary.segments() - 1;
        index.segments(summary.segment().timeline(), summary.number(), last, new Visitor(each -> {
            WalFacts facts = within.next(each);
            boolean entersUnseen =
                    each.number() == summary.number() && !each.front().isEmpty();
            if (entersUnseen || scout.needsRecords(each, facts)) {
                read(each.segment());
            } else {
                next = scout.take(each, facts);
            }
            before = Optional.of(each.segment());
            return goOn();
        }));
    }

    /** Shows the records that end in a segment. */
    private void read(WalSegmentName segment) {
        Optional<WalSegmentName> leadsIn = before.filter(name -> name.number(size) == segment.number(size) - 1);
        boolean isRead = leadsIn.isPresent() && leadsIn.equals(readTo);
        readTo = Optional.empty();
        if (!isRead) {
            reader = new WalReader(major, size);
        }
        byte[] bytes = leadsIn.isPresent() && !isRead ? behind(leadsIn.get(), segment) : wal.apply(segment);
        reader.open(segment, bytes);
        while (!isOver() && reader.next(record)) {
            next = scout.take(record);
        }
        if (!isOver()) {
            readTo = Optional.of(segment);
        }
    }

    /** A segment's WAL, when the reader has gone through the one before it, which is fetched beside it. */
    private byte[] behind(WalSegmentName leadsIn, WalSegmentName segment) {
        Optional<Future<byte[]>> beside = size.bytes() <= FETCHED_BESIDE
                ? Optional.of(Threads.begin(READING, () -> wal.apply(segment)))
                : Optional.empty();
        reader.open(leadsIn, wal.apply(leadsIn));
        while (reader.next(record)) {
            // Only what goes on in the next one is wanted.
        }
        return beside.map(fetched -> Threads.result(fetched, READING)).orElseGet(() -> wal.apply(segment));
    }
}
