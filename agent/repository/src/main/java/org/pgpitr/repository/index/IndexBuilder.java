package org.pgpitr.repository.index;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.ArchivedWal;

/**
 * Makes the roll-ups that are missing: of each group of 256 segments, and each of 65,536, that is archived without a gap
 * and hangs together. What is there and can be used stays. Of several at once all write the same, once.
 */
public final class IndexBuilder {
    /**
     * What was done.
     *
     * @param segments that the archive holds
     * @param made roll-ups
     * @param kept roll-ups that were there and sound
     * @param broken segments that keep their group from being rolled up
     */
    public record Result(long segments, long made, long kept, List<Broken> broken) {}

    /** A segment that keeps its group from being rolled up, since its WAL is broken or its object damaged. */
    public record Broken(WalSegmentName segment, String why) {
        /** The segment that holds the broken position. */
        static Broken at(TimelineId timeline, BrokenWalException broken, WalSegmentSize size) {
            return new Broken(WalSegmentName.containing(timeline, broken.lsn(), size), broken.getMessage());
        }
    }

    private final Generation generation;
    private final ArchivedWal wal;
    private final RollUps rollUps;
    private final int readAhead;
    private final List<Broken> broken = new ArrayList<>();
    private long segments;
    private long made;
    private long kept;

    /**
     * @param wal the archive's listing
     * @param readAhead how many objects are read at a time
     */
    public IndexBuilder(Generation generation, ArchivedWal wal, int readAhead) {
        this.generation = generation;
        this.wal = wal;
        this.rollUps = new RollUps(generation);
        this.readAhead = readAhead;
    }

    /** How many segments {@link #build} goes through: those of whole groups. */
    public static long segmentsToRead(ArchivedWal wal) {
        long count = 0;
        for (TimelineId timeline : wal.timelines()) {
            for (ArchivedWal.Run run : wal.runs(timeline)) {
                count += Math.max(0, Level.GROUP.first(run.last() + 1) - Level.GROUP.firstWhole(run.first()));
            }
        }
        return count;
    }

    /**
     * Makes what is missing, on all timelines.
     *
     * @param progress hears of segments that were gone through
     * @throws org.pgpitr.error.PgpitrException NO_KEY if the generation is encrypted and there is no identity to read
     *     with; USAGE if there is no recipient to write for
     */
    public Result build(LongConsumer progress) {
        generation.codec().requireReadable();
        generation.codec().requireWritable();
        try (WalIndex index = new WalIndex(generation, wal, readAhead)) {
            GroupReading reading =
                    new GroupReading(index, rollUps, generation.identity().segmentSize(), broken::add);
            for (TimelineId timeline : wal.timelines()) {
                for (ArchivedWal.Run run : wal.runs(timeline)) {
                    segments += run.last() - run.first() + 1;
                    level(reading, Level.GROUP, run, progress);
                    level(reading, Level.BLOCK, run, progress);
                }
            }
        }
        return new Result(segments, made, kept, List.copyOf(broken));
    }

    private void level(GroupReading reading, Level level, ArchivedWal.Run run, LongConsumer progress) {
        long first = level.firstWhole(run.first());
        Set<Long> present = rollUps.present(level, run.timeline(), first, run.last());
        for (long group = first; group + level.segments() - 1 <= run.last(); group += level.segments()) {
            if (level == Level.GROUP) {
                progress.accept(level.segments());
            }
            if (present.contains(group)) {
                if (rollUps.read(level, run.timeline(), group).isPresent()) {
                    kept++;
                    continue;
                }
                rollUps.delete(level, run.timeline(), group);
            }
            made += reading.make(level, run.timeline(), group) ? 1 : 0;
        }
    }
}
