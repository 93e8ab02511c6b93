package org.pgpitr.repository.index;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.PartialSegmentName;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Threads;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.storage.StorageException;

/**
 * Reads what archived WAL tells, in order and in bounded memory: a few objects are read ahead at a time. Only what the
 * archive's listing holds is told, whatever roll-ups say.
 */
public final class WalIndex implements AutoCloseable {
    /** Roll-ups are large where each of their segments is shown. */
    private static final int OF_SEGMENTS = 16;
    /** Who looks for something may find it in the first of these. */
    private static final int OF_A_SEARCH = 32;

    private final WalSegmentSize size;
    private final ArchivedWal wal;
    private final Summaries summaries;
    private final RollUps rollUps;
    private final Optional<RolledUp> rolledUp;
    private final int readAhead;
    private final ExecutorService threads;

    /**
     * Asks for the roll-ups that there are each time it looks for some.
     *
     * @param generation of a major version that is known here
     * @param wal the archive's listing
     * @param readAhead how many objects are read at a time
     */
    public WalIndex(Generation generation, ArchivedWal wal, int readAhead) {
        this(generation, wal, Optional.empty(), readAhead);
    }

    /** As {@link #WalIndex(Generation, ArchivedWal, int)}, of an archive whose roll-ups are known by their names. */
    public WalIndex(Generation generation, ArchivedWal wal, RolledUp rolledUp, int readAhead) {
        this(generation, wal, Optional.of(rolledUp), readAhead);
    }

    private WalIndex(Generation generation, ArchivedWal wal, Optional<RolledUp> rolledUp, int readAhead) {
        this.rolledUp = rolledUp;
        this.size = generation.identity().segmentSize();
        this.wal = wal;
        this.summaries = new Summaries(generation);
        this.rollUps = new RollUps(generation);
        this.readAhead = readAhead;
        this.threads = Executors.newFixedThreadPool(readAhead, Threads.daemons("wal-index"));
    }

    /**
     * Shows the whole segments of {@code [from, to]}, both ends included, one by one; where one is missing, none is
     * shown.
     *
     * @throws org.pgpitr.error.PgpitrException CORRUPT, NO_KEY
     * @throws StorageException if the store does not answer
     */
    public void segments(TimelineId timeline, long from, long to, IndexVisitor visitor) {
        int most = Math.min(readAhead, OF_SEGMENTS);
        show(new Pieces(timeline, from, to, Finest.SEGMENTS), most, most, visitor);
    }

    /**
     * As {@link #segments}, with as few summaries as possible: where roll-ups are, of 256 or 65,536 segments each.
     * Their lists are short or empty, and say so.
     */
    public void stretches(TimelineId timeline, long from, long to, IndexVisitor visitor) {
        show(new Pieces(timeline, from, to, Finest.STRETCHES), readAhead, readAhead, visitor);
    }

    /**
     * As {@link #stretches}, for one who may soon have found what he looks for: the further it goes, the more is read ahead.
     */
    void search(TimelineId timeline, long from, long to, IndexVisitor visitor) {
        show(new Pieces(timeline, from, to, Finest.STRETCHES), Math.min(readAhead, OF_A_SEARCH), readAhead, visitor);
    }

    /**
     * The summary of a segment that was archived before it was full.
     *
     * @return empty if the store says that there is none
     */
    public Optional<SegmentSummary> partial(WalSegmentName segment) {
        return summaries.read(new PartialSegmentName(segment));
    }

    private enum Finest {
        SEGMENTS,
        STRETCHES
    }

    /** A summary, or a segment that tells nothing, since its WAL or its object is broken. */
    private interface Told {
        IndexVisitor.Next to(IndexVisitor visitor);
    }

    /** Reads ahead: the objects' reading is handed out in the order of the WAL, and shown in the same order. */
    private void show(Iterator<Callable<List<Told>>> pieces, int atFirst, int most, IndexVisitor visitor) {
        int ahead = atFirst;
        Deque<Future<List<Told>>> underWay = new ArrayDeque<>();
        try {
            while (true) {
                while (underWay.size() < ahead && pieces.hasNext()) {
                    underWay.add(threads.submit(pieces.next()));
                }
                if (underWay.isEmpty()
                        || show(Threads.result(underWay.remove(), "reading the index"), visitor)
                                == IndexVisitor.Next.STOP) {
                    return;
                }
                ahead = Math.min(most, ahead + 1);
            }
        } finally {
            underWay.forEach(each -> each.cancel(true));
        }
    }

    private static IndexVisitor.Next show(List<Told> told, IndexVisitor visitor) {
        for (Told each : told) {
            if (each.to(visitor) == IndexVisitor.Next.STOP) {
                return IndexVisitor.Next.STOP;
            }
        }
        return IndexVisitor.Next.CONTINUE;
    }

    /** The objects to be read, from the first segment of a range to its last. */
    private final class Pieces implements Iterator<Callable<List<Told>>> {
        private final TimelineId timeline;
        private final long to;
        private final Finest finest;
        private final Iterator<ArchivedWal.Run> runs;
        private final NavigableSet<Long> blocks;
        private Set<Long> groups = Set.of();
        /** The last segment up to which the groups are known. */
        private long groupsKnown = -1;

        private long at;
        private long end = -1;

        Pieces(TimelineId timeline, long from, long to, Finest finest) {
            this.timeline = timeline;
            this.to = to;
            this.finest = finest;
            this.at = from;
            this.runs = wal.runs(timeline).stream()
                    .filter(run -> run.last() >= from && run.first() <= to)
                    .iterator();
            this.blocks = finest == Finest.SEGMENTS || from > to
                    ? Collections.emptyNavigableSet()
                    : rolledUp.map(names -> names.blocks(timeline))
                            .orElseGet(() -> new TreeSet<>(rollUps.present(Level.BLOCK, timeline, from, to)));
        }

        @Override
        public boolean hasNext() {
            return (end >= 0 && at <= end) || runs.hasNext();
        }

        @Override
        public Callable<List<Told>> next() {
            if (end < 0 || at > end) {
                ArchivedWal.Run run = runs.next();
                at = Math.max(at, run.first());
                end = Math.min(to, run.last());
            }
            long first = at;
            long block = Level.BLOCK.first(first);
            if (blocks.contains(block) && Level.GROUP.first(first) == first && first + 255 <= end) {
                long last = Level.GROUP.first(Math.min(end + 1, block + Level.BLOCK.segments())) - 1;
                at = last + 1;
                return () -> block(timeline, first, last);
            }
            long group = Level.GROUP.first(first);
            if (hasGroup(group)) {
                long last = Math.min(end, group + Level.GROUP.segments() - 1);
                at = last + 1;
                return () -> group(timeline, first, last, finest);
            }
            at = first + 1;
            return () -> single(timeline, first, first);
        }

        private boolean hasGroup(long group) {
            return rolledUp.map(names -> names.hasGroup(timeline, group)).orElseGet(() -> groups().contains(group));
        }

        /** Those up to the next block: within blocks there is no need to know them. */
        private Set<Long> groups() {
            if (at > groupsKnown) {
                Long block = blocks.higher(Level.BLOCK.first(at));
                groupsKnown = block == null ? to : Math.min(to, block - 1);
                groups = rollUps.present(Level.GROUP, timeline, at, groupsKnown);
            }
            return groups;
        }
    }

    /** Of whole groups within a block. */
    private List<Told> block(TimelineId timeline, long first, long last) {
        Optional<List<Told>> rollUp = rollUps.read(
                Level.BLOCK, timeline, Level.BLOCK.first(first), found -> told(within(found, first, last)));
        if (rollUp.isPresent()) {
            return rollUp.get();
        }
        List<Told> all = new ArrayList<>();
        for (long group = first; group <= last; group += Level.GROUP.segments()) {
            all.addAll(group(timeline, group, group + Level.GROUP.segments() - 1, Finest.STRETCHES));
        }
        return all;
    }

    private List<Told> group(TimelineId timeline, long first, long last, Finest finest) {
        return rollUps.read(Level.GROUP, timeline, Level.GROUP.first(first), found -> {
                    List<SegmentSummary> entries = within(found, first, last);
                    boolean joined = finest == Finest.STRETCHES && entries.size() == Level.GROUP.entries();
                    return told(joined ? together(entries) : entries);
                })
                .orElseGet(() -> single(timeline, first, last));
    }

    /** Each by itself: one that is broken hides none behind it. */
    private List<Told> single(TimelineId timeline, long first, long last) {
        List<Told> all = new ArrayList<>();
        for (long number = first; number <= last; number++) {
            WalSegmentName name = WalSegmentName.of(timeline, number, size);
            try {
                summaries.read(name).ifPresent(summary -> all.add(visitor -> visitor.visit(summary)));
            } catch (BrokenWalException e) {
                all.add(visitor -> visitor.broken(name, e));
            } catch (PgpitrException e) {
                if (e.exitCode() != ExitCode.CORRUPT) {
                    throw e;
                }
                all.add(visitor -> visitor.damaged(name, e));
            }
        }
        return all;
    }

    /** One summary of them all; each by itself where they don't follow each other, which their reader then finds. */
    private static List<SegmentSummary> together(List<SegmentSummary> entries) {
        try {
            return List.of(SegmentSummary.joined(entries).brief(0));
        } catch (BrokenWalException e) {
            return entries;
        }
    }

    private static List<SegmentSummary> within(RollUp rollUp, long first, long last) {
        return rollUp.entries().stream()
                .filter(e -> e.number() >= first && e.number() + e.segments() - 1 <= last)
                .toList();
    }

    private static List<Told> told(List<SegmentSummary> summaries) {
        return summaries.stream()
                .<Told>map(summary -> visitor -> visitor.visit(summary))
                .toList();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
