package org.pgpitr.repository.find;

import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.postgres.wal.WalReader;
import org.pgpitr.postgres.wal.WalRecord;
import org.pgpitr.repository.Generation;

/** Goes through a stretch of the path, and reads what is planned. */
final class SegmentScan {
    private final SegmentContent content;
    private final PostgresMajor major;
    private final WalSegmentSize size;
    private final ArchivedPath path;
    private final SearchListener listener;
    private final SearchNotes notes;
    private final WalRecord record = new WalRecord();

    private WalReader reader;
    /** The place of the segment that the reader has read. */
    private int readUpTo = -1;

    SegmentScan(
            Generation generation,
            SegmentContent content,
            ArchivedPath path,
            SearchListener listener,
            SearchNotes notes) {
        this.content = content;
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
                at -> content.read(path.get(at)))) {
            for (int at = from; at < behind; at++) {
                PathSegment segment = path.get(at);
                if (expected >= 0 && segment.number() != expected) {
                    notes.hole(segment.name(), expected);
                    tracker.gap();
                }
                expected = segment.number() + 1;
                boolean needed = plan.needs(at) || !tracker.knowsBeginning();
                if (!needed) {
                    sieve.passed(plan.passed(at));
                }
                if (segment.form() == PathSegment.Form.STREAMED) {
                    notes.streamed(segment);
                }
                if (needed || plan.leadsIn(at)) {
                    read(at, segment, segments, tracker, !needed);
                    read++;
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

    private void read(int at, PathSegment segment, ReadAhead segments, TransactionTracker tracker, boolean leadsIn) {
        byte[] bytes;
        try {
            bytes = segments.get(at);
        } catch (PgpitrException e) {
            if (e.exitCode() != ExitCode.CORRUPT) {
                throw e;
            }
            notes.damaged(segment.name(), e);
            tracker.gap();
            return;
        }
        try {
            open(at, segment, bytes);
            while (reader.next(record) && record.start().isBefore(segment.until())) {
                if (!leadsIn) {
                    tracker.read(record);
                }
            }
        } catch (BrokenWalException e) {
            if (segment.form() != PathSegment.Form.STREAMED) { // the rest of its last record may not be there yet
                notes.broken(segment.name(), e);
            }
            tracker.gap();
            reader = new WalReader(major, size);
        }
    }
}
