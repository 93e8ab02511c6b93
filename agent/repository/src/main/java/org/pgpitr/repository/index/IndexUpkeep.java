package org.pgpitr.repository.index;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.ArchivedWal;

/**
 * Makes roll-ups that have become possible, as far as a bound allows, the newest first: what a job does of the index beside
 * its own work. What is there is not looked into; {@link IndexBuilder} does all.
 */
public final class IndexUpkeep {
    /** So many roll-ups of 256 segments at most: four thousand beginnings of objects are read for them. */
    private static final int MOST_GROUPS = 16;
    /** So many of 65,536 segments, of 256 objects each. */
    private static final int MOST_BLOCKS = 4;

    /** So many of each at most are begun in vain, which a damaged segment keeps from being rolled up. */
    private static final int MOST_IN_VAIN = 16;

    private static final int READ_AHEAD = 16;

    /**
     * What was done.
     *
     * @param made how many roll-ups
     * @param broken segments that keep their group from being rolled up, of the groups that were tried
     */
    public record Result(int made, List<IndexBuilder.Broken> broken) {}

    /** How many roll-ups of a level may be begun yet: damaged ones take nothing from those that can be made. */
    private static final class Allowance {
        private int toMake;
        private int inVain = MOST_IN_VAIN;

        Allowance(int toMake) {
            this.toMake = toMake;
        }

        boolean isLeft() {
            return toMake > 0 && inVain > 0;
        }

        void take(boolean made) {
            if (made) {
                toMake--;
            } else {
                inVain--;
            }
        }
    }

    private final Generation generation;
    private final RollUps rollUps;
    private final Allowance groups = new Allowance(MOST_GROUPS);
    private final Allowance blocks = new Allowance(MOST_BLOCKS);
    private int made;
    private final List<IndexBuilder.Broken> broken = new ArrayList<>();

    private IndexUpkeep(Generation generation) {
        this.generation = generation;
        this.rollUps = new RollUps(generation);
    }

    /** Whether a host can make roll-ups of what is archived: it reads summaries, and writes. */
    static boolean isPossible(Generation generation) {
        if (!generation.identity().major().isKnown()) {
            return false;
        }
        try {
            generation.codec().requireReadable();
            generation.codec().requireWritable();
            return true;
        } catch (PgpitrException e) {
            if (e.exitCode() == ExitCode.NO_KEY || e.exitCode() == ExitCode.USAGE) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Makes what is possible; nothing on a host that has no key to read with, or none to write for. A damaged segment costs
     * the roll-ups that it belongs to, and no others.
     *
     * @param wal the archive's listing
     * @throws PgpitrException NO_KEY if a segment's object is for another key
     * @throws org.pgpitr.storage.StorageException if the store does not answer
     */
    public static Result run(Generation generation, ArchivedWal wal) {
        return isPossible(generation) ? new IndexUpkeep(generation).run(wal) : new Result(0, List.of());
    }

    private Result run(ArchivedWal wal) {
        List<ArchivedWal.Run> runs = new ArrayList<>();
        for (TimelineId timeline : wal.timelines()) {
            runs.addAll(wal.runs(timeline));
        }
        Collections.reverse(runs);
        try (WalIndex index = new WalIndex(generation, wal, READ_AHEAD)) {
            GroupReading reading =
                    new GroupReading(index, rollUps, generation.identity().segmentSize(), broken::add);
            for (ArchivedWal.Run run : runs) {
                make(Level.GROUP, reading, run, groups);
                make(Level.BLOCK, reading, run, blocks);
            }
        }
        return new Result(made, List.copyOf(broken));
    }

    private void make(Level level, GroupReading reading, ArchivedWal.Run run, Allowance allowance) {
        long first = level.firstWhole(run.first());
        int step = level.segments();
        if (!allowance.isLeft() || first + step - 1 > run.last()) {
            return;
        }
        Set<Long> present = rollUps.present(level, run.timeline(), first, run.last());
        for (long at = level.first(run.last() + 1) - step; at >= first && allowance.isLeft(); at -= step) {
            if (!present.contains(at) && isPossible(level, run, at)) {
                boolean isMade = reading.make(level, run.timeline(), at);
                allowance.take(isMade);
                made += isMade ? 1 : 0;
            }
        }
    }

    private boolean isPossible(Level level, ArchivedWal.Run run, long at) {
        return level == Level.GROUP || rollUps.hasAllGroups(run.timeline(), at);
    }
}
