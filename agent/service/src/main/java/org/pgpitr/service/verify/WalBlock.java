package org.pgpitr.service.verify;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.Generation;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore.ListVisitor.Next;

/**
 * Neighbouring segments of a timeline that are verified by one worker in one go, because each record begins where the
 * one before it ends: about 256 MB. Which segments a block has depends on their numbers alone.
 *
 * @param number counted from the WAL's first byte
 * @param files archived in it
 * @param storedBytes of these files
 */
record WalBlock(TimelineId timeline, long number, int files, long storedBytes) {
    private static final long ABOUT = 256L << 20;

    static long segments(WalSegmentSize size) {
        return Math.max(2, ABOUT / size.bytes());
    }

    WalSegmentName first(WalSegmentSize size) {
        return WalSegmentName.of(timeline, number * segments(size), size);
    }

    /** The number of the first segment that belongs to the next block. */
    long endSegment(WalSegmentSize size) {
        return (number + 1) * segments(size);
    }

    /**
     * Lists the archived files of the block, in the order of their keys.
     *
     * @param since only those that were archived at that time or later
     */
    List<WalFileName> files(Generation generation, Optional<Instant> since) {
        WalSegmentSize size = generation.identity().segmentSize();
        List<WalFileName> files = new ArrayList<>();
        WalSegmentName first = first(size);
        // the bare name has no object; it sorts before all that begin with it
        ObjectKey before = ObjectKey.of(generation.layout().walPrefix(first) + first);
        generation.store().listAfter(generation.layout().walPrefix(timeline), before, (key, stat) -> {
            Optional<WalFileName> name = generation.layout().walFileAt(key);
            if (name.isEmpty() || !WalSurvey.segment(name.get()).fits(size)) {
                return Next.CONTINUE;
            }
            if (WalSurvey.segment(name.get()).number(size) >= endSegment(size)) {
                return Next.STOP;
            }
            if (since.isEmpty() || !stat.modified().isBefore(since.get())) {
                files.add(name.get());
            }
            return Next.CONTINUE;
        });
        return files;
    }

    /** What tells it from all other pieces of work. */
    String name() {
        return "wal/" + timeline.hex() + "/" + number;
    }

    /** The name with what was in it: a block that has grown is to be verified again. */
    String state() {
        return name() + " " + files + " " + storedBytes;
    }
}
