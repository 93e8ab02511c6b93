package org.pgpitr.repository.find;

import java.nio.file.Path;
import java.util.Optional;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.postgres.wal.WalReader;
import org.pgpitr.postgres.wal.WalRecord;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.stream.StreamArchive;
import org.pgpitr.repository.stream.StreamedSegment;

/** Goes through a stretch of the path, and reads what is planned. */
final class SegmentScan {
    private final Generation generation;
    private final ArchivedWal wal;
    private final WalArchive archive;
    private final PostgresMajor major;
    private final WalSegmentSize size;
    private final ArchivedPath path;
    private final SearchListener listener;
    private final SearchNotes notes;
    private final WalRecord record = new WalRecord();

    private WalReader reader;
    /** The place of the segment that the reader has read. */
    private int readUpTo = -1;

    SegmentScan(Generation generation, ArchivedWal wal, ArchivedPath path, SearchListener listener, SearchNotes notes) {
        this.generation = generation;
        this.wal = wal;
        this.archive = new WalArchive(generation);
        this.major = generation.identity().major();
        this.size = generation.identity().segmentSize();
        this.path = path;
        this.listener = listener;
        this.notes = notes;
        this.reader = new WalReader(major, size);
    }

    /**
     * Shows records to a tracker, and to the sieve what was passed over. Until the WAL says which transactions it tells
     * whole, all is read, whatever the plan says.
     *
     * @return how many segments were read
     */
    long run(int from, int behind, ReadingPlan plan, TransactionTracker tracker, Sieve sieve) {
        listener.reading(behind - from);
        long read = 0;
        long expected = -1;
        try (ReadAhead segments = new ReadAhead(
                size,
                from,
                behind,
                at -> plan.needs(at) || plan.leadsIn(at) || !tracker.knowsBeginning(),
                at -> bytes(path.get(at)))) {
            for (int at = from; at < behind; at++) {
                PathSegment segment = path.get(at);
                if (expected >= 0 && segment.number() != expected) {
                    notes.hole(segment.name(), expected);
                    tracker.gap();
                }
                expected = segment.number() + 1;
                if (plan.needs(at) || !tracker.knowsBeginning()) {
                    read(at, segment, segments, tracker);
                    read++;
                } else {
                    sieve.passed(plan.passed(at));
                    if (plan.leadsIn(at)) {
                        leadIn(at, segment, segments);
                        read++;
                    }
                }
                listener.read();
            }
        }
        return read;
    }

    private void open(int at, PathSegment segment, byte[] bytes) {
        if (readUpTo != at - 1) {
            reader = new WalReader(major, size);
        }
        readUpTo = at;
        reader.open(segment.name(), bytes);
    }

    private void read(int at, PathSegment segment, ReadAhead segments, TransactionTracker tracker) {
        byte[] bytes = segments.get(at);
        try {
            open(at, segment, bytes);
            while (reader.next(record) && record.start().isBefore(segment.until())) {
                tracker.read(record);
            }
        } catch (BrokenWalException e) {
            notes.broken(segment.name(), e);
            tracker.gap();
            reader = new WalReader(major, size);
        }
    }

    /** Only what goes on in the next one is wanted. */
    private void leadIn(int at, PathSegment segment, ReadAhead segments) {
        open(at, segment, segments.get(at));
        while (reader.next(record)) {
            continue;
        }
    }

    private byte[] bytes(PathSegment segment) {
        WalFileName file = segment.file();
        return wal.inPieces(segment.name().timeline()).contains(segment.number())
                ? assembled(segment).orElseGet(() -> archive.read(file))
                : archive.read(file);
    }

    /** From pieces of a stream; empty if it was archived whole since. */
    private Optional<byte[]> assembled(PathSegment segment) {
        // Beside the temporary files; it is never placed.
        Path place =
                Path.of(System.getProperty("java.io.tmpdir"), segment.name().toString());
        try (StreamedSegment streamed =
                new StreamArchive(generation).assemble(segment.name(), place).orElse(null)) {
            return streamed == null ? Optional.empty() : Optional.of(streamed.bytes());
        }
    }
}
