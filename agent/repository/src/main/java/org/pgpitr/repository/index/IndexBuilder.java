package org.pgpitr.repository.index;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.postgres.wal.SegmentSummary;
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

    /** A segment that keeps its group from being rolled up. */
    public record Broken(WalSegmentName segment, String why) {}

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
                int group = Level.GROUP.segments();
                count += Math.max(0, Level.GROUP.first(run.last() + 1) - Level.GROUP.first(run.first() + group - 1));
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
            for (TimelineId timeline : wal.timelines()) {
                for (ArchivedWal.Run run : wal.runs(timeline)) {
                    segments += run.last() - run.first() + 1;
                    level(index, Level.GROUP, run, progress);
                    level(index, Level.BLOCK, run, progress);
                }
            }
        }
        return new Result(segments, made, kept, List.copyOf(broken));
    }

    private void level(WalIndex index, Level level, ArchivedWal.Run run, LongConsumer progress) {
        long first = level.first(run.first() + level.segments() - 1);
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
            entries(index, level, run.timeline(), group).ifPresent(e -> write(level, run.timeline(), e));
        }
    }

    private void write(Level level, TimelineId timeline, List<SegmentSummary> entries) {
        rollUps.write(level, timeline, entries.get(0).number(), RollUp.of(level, entries));
        made++;
    }

    /** Empty if one is missing, or they don't follow each other. */
    private Optional<List<SegmentSummary>> entries(WalIndex index, Level level, TimelineId timeline, long group) {
        List<SegmentSummary> entries = new ArrayList<>();
        long last = group + level.segments() - 1;
        IndexVisitor visitor = new IndexVisitor() {
            @Override
            public Next visit(SegmentSummary summary) {
                entries.add(summary);
                return Next.CONTINUE;
            }

            @Override
            public Next broken(WalSegmentName segment, BrokenWalException why) {
                broken.add(new Broken(segment, why.getMessage()));
                return Next.STOP;
            }
        };
        if (level == Level.GROUP) {
            index.segments(timeline, group, last, visitor);
        } else {
            index.stretches(timeline, group, last, visitor);
        }
        boolean whole =
                entries.size() == level.entries() && entries.stream().allMatch(e -> e.segments() == level.step());
        if (!whole) {
            return Optional.empty();
        }
        try {
            SegmentSummary.joined(entries);
            return Optional.of(entries);
        } catch (BrokenWalException e) {
            if (level == Level.GROUP) {
                broken.add(new Broken(
                        WalSegmentName.containing(
                                timeline, e.lsn(), generation.identity().segmentSize()),
                        e.getMessage()));
            }
            return Optional.empty();
        }
    }
}
