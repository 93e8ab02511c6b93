package org.pgpitr.repository.window;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PartialSegmentName;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.postgres.wal.SegmentSummarizer;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.postgres.wal.SummaryChain;
import org.pgpitr.postgres.wal.WalFacts;
import org.pgpitr.postgres.wal.WalReader;
import org.pgpitr.postgres.wal.WalRecord;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.index.IndexVisitor;
import org.pgpitr.repository.index.WalIndex;
import org.pgpitr.repository.plan.DamagedWal;
import org.pgpitr.repository.plan.UnusableWalException;
import org.pgpitr.repository.plan.WalRange;
import org.pgpitr.repository.plan.WindowInterval;
import org.pgpitr.repository.stream.StreamArchive;
import org.pgpitr.repository.stream.StreamedSegment;

/**
 * Reads what happened in one interval: from summaries all but the segments in which it begins and ends. That the WAL hangs
 * together is seen as far as it is read.
 */
final class IntervalReader {
    private final Generation generation;
    private final WalIndex index;
    private final WalArchive archive;
    private final WalSegmentSize size;
    private final LongConsumer progress;

    private final WindowInterval interval;
    private final Lsn from;
    private final Lsn to;
    private ContentsCollector collector;
    private SummaryChain chain;
    private Optional<WalSegmentName> before;

    /** @param progress hears how many segments were gone through */
    IntervalReader(Generation generation, WalIndex index, WindowInterval interval, LongConsumer progress) {
        this.generation = generation;
        this.index = index;
        this.archive = new WalArchive(generation);
        this.size = generation.identity().segmentSize();
        this.progress = progress;
        this.interval = interval;
        this.from = interval.range().from();
        this.to = interval.range().to();
    }

    /**
     * All that happened.
     *
     * @throws UnusableWalException if some of the WAL turns out to be of no use
     */
    IntervalContents all() {
        return read(size.segmentNumber(from));
    }

    /** The last of what happened: as many segments are read, from the end back, as it takes to meet a time. */
    IntervalContents lastMoment() {
        long first = size.segmentNumber(from);
        long last = size.segmentNumberBefore(to);
        for (long count = 1; ; count *= 4) {
            IntervalContents contents = read(Math.max(first, last - count + 1));
            if (contents.latest().isPresent() || last - count < first) {
                return contents;
            }
        }
    }

    private IntervalContents read(long fromSegment) {
        collector = new ContentsCollector(generation.identity().major(), from, to);
        chain = new SummaryChain();
        before = Optional.empty();
        for (WalRange range : interval.wal()) {
            long first = Math.max(range.first().number(size), fromSegment);
            long last = range.last().number(size);
            if (first > last) {
                continue;
            }
            switch (range.form()) {
                case WHOLE -> whole(range, first, last);
                case PARTIAL -> partial(range.last());
                case STREAMED -> streamed(range.last());
            }
        }
        return collector.contents();
    }

    private void whole(WalRange range, long first, long last) {
        boolean beginsHere = size.start(first).isBefore(from);
        boolean endsHere = size.start(last + 1).isAfter(to);
        long inner = beginsHere ? first + 1 : first;
        long outer = endsHere && last >= inner ? last - 1 : last;
        IndexVisitor visitor = new Visitor();
        if (beginsHere) {
            index.segments(range.timeline(), first, first, visitor);
        }
        if (inner <= outer) {
            index.stretches(range.timeline(), inner, outer, visitor);
        }
        if (outer < last) {
            index.segments(range.timeline(), last, last, visitor);
        }
    }

    private final class Visitor implements IndexVisitor {
        @Override
        public Next visit(SegmentSummary summary) {
            take(summary, summary.segment(), WalRange.Form.WHOLE);
            return Next.CONTINUE;
        }

        @Override
        public Next broken(WalSegmentName segment, BrokenWalException why) {
            throw unusable(segment, segment, why);
        }

        @Override
        public Next damaged(WalSegmentName segment, PgpitrException why) {
            throw unusable(segment, segment, why);
        }
    }

    private UnusableWalException unusable(WalSegmentName segment, WalFileName file, RuntimeException why) {
        return new UnusableWalException(
                segment, new DamagedWal(file, generation.layout().wal(file), why.getMessage()), why);
    }

    private void partial(WalSegmentName segment) {
        PartialSegmentName name = new PartialSegmentName(segment);
        try {
            index.partial(segment).ifPresent(summary -> take(summary, name, WalRange.Form.PARTIAL));
        } catch (BrokenWalException e) {
            throw unusable(segment, name, e);
        } catch (PgpitrException e) {
            throw corrupt(segment, name, e);
        }
    }

    private RuntimeException corrupt(WalSegmentName segment, WalFileName file, PgpitrException e) {
        return e.exitCode() == ExitCode.CORRUPT ? unusable(segment, file, e) : e;
    }

    private void streamed(WalSegmentName segment) {
        Optional<byte[]> bytes = assembled(segment);
        if (bytes.isEmpty()) {
            // Without pieces it is archived whole by now.
            index.segments(segment.timeline(), segment.number(size), segment.number(size), new Visitor());
            return;
        }
        try {
            SegmentSummarizer summarizer =
                    new SegmentSummarizer(generation.identity().major(), size);
            take(summarizer.partial(segment, new ByteArrayInputStream(bytes.get())), segment, WalRange.Form.STREAMED);
        } catch (BrokenWalException e) {
            throw unusable(segment, segment, e);
        } catch (IOException e) {
            throw new IllegalStateException("memory can't fail", e);
        }
    }

    private Optional<byte[]> assembled(WalSegmentName segment) {
        // Beside the temporary files; it is never placed.
        Path place = Path.of(System.getProperty("java.io.tmpdir"), segment.toString());
        try {
            Optional<StreamedSegment> assembled = new StreamArchive(generation).assemble(segment, place);
            try (StreamedSegment streamed = assembled.orElse(null)) {
                return streamed == null ? Optional.empty() : Optional.of(streamed.bytes());
            }
        } catch (PgpitrException e) {
            throw corrupt(segment, segment, e);
        }
    }

    private void take(SegmentSummary summary, WalFileName file, WalRange.Form form) {
        WalFacts facts;
        try {
            facts = chain.next(summary);
        } catch (BrokenWalException e) {
            throw unusable(summary.segment(), file, e);
        }
        boolean isWithin =
                !summary.start().isBefore(from) && !summary.segmentEnd().isAfter(to);
        if (isWithin || collector.tells(facts)) {
            collector.take(facts);
        } else {
            records(summary.segment(), file, form);
        }
        before = Optional.of(
                WalSegmentName.of(summary.segment().timeline(), summary.number() + summary.segments() - 1, size));
        progress.accept(summary.segments());
    }

    /** Reads the WAL itself; of the segment before it, what goes on here. */
    private void records(WalSegmentName segment, WalFileName file, WalRange.Form form) {
        WalReader reader = new WalReader(generation.identity().major(), size);
        WalRecord record = new WalRecord();
        List<WalFileName> files = new ArrayList<>();
        before.filter(name -> name.number(size) == segment.number(size) - 1).ifPresent(files::add);
        files.add(file);
        try {
            for (WalFileName each : files) {
                WalSegmentName name = each instanceof PartialSegmentName p ? p.segment() : (WalSegmentName) each;
                reader.open(name, bytes(each));
                while (reader.next(record)) {
                    if (each.equals(file)) {
                        collector.take(record);
                    }
                }
            }
        } catch (BrokenWalException e) {
            // A partial segment and one in pieces end anywhere, also within a record.
            if (form == WalRange.Form.WHOLE && e.lsn().isBefore(to)) {
                throw unusable(segment, file, e);
            }
        } catch (PgpitrException e) {
            throw corrupt(segment, file, e);
        }
    }

    private byte[] bytes(WalFileName file) {
        return archive.find(file)
                .or(() -> file instanceof WalSegmentName segment ? assembled(segment) : Optional.empty())
                .orElseGet(() -> archive.read(file));
    }
}
