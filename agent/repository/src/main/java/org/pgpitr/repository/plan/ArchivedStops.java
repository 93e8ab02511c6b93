package org.pgpitr.repository.plan;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.PartialSegmentName;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.postgres.wal.TransactionEnd;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.index.RolledUp;
import org.pgpitr.repository.index.WalIndex;
import org.pgpitr.repository.index.WalWalk;
import org.pgpitr.repository.stream.StreamArchive;
import org.pgpitr.repository.stream.StreamedSegment;
import org.pgpitr.storage.ObjectKey;

/**
 * Looks stops up in a generation's WAL: by the summaries of its segments and their roll-ups, and in the WAL itself where
 * the stop is. What was searched for a newer backup is not searched again for an older one.
 */
public final class ArchivedStops implements StopSearch, AutoCloseable {
    /** The roll-ups of ten years, and what is not rolled up at their ends, are some hundred objects. */
    private static final int READ_AHEAD = 192;
    /** By how much more WAL is looked at, from its end, until a commit is found. */
    private static final int LARGER = 8;

    /**
     * The answer to a question.
     *
     * @param unassigned a number, with its epoch, at which the transaction that is looked for had still to begin, if one
     *     was met in that WAL
     */
    private record Known(RecoveryTarget target, Replay replay, Result result, Optional<Long> unassigned) {}

    private final WalArchive archive;
    private final PostgresMajor major;
    private final WalSegmentSize size;
    private final WalIndex index;
    private final StoplessWal stopless;
    private final LongConsumer passed;
    /** All that is known of the last target; a plan may be asked for again, without a backup or on a timeline by its number. */
    private final Map<Replay, Known> answers = new HashMap<>();

    private Optional<Known> known = Optional.empty();
    /** The next transaction at the last checkpoint that was met at which the one that is looked for had still to begin. */
    private Optional<Long> unassigned = Optional.empty();

    /**
     * @param wal the archive's listing
     * @param rolledUp its roll-ups
     * @param passed hears how many segments were looked at, again and again
     */
    public ArchivedStops(Generation generation, ArchivedWal wal, RolledUp rolledUp, LongConsumer passed) {
        this.passed = passed;
        this.archive = new WalArchive(generation);
        this.major = generation.identity().major();
        this.size = generation.identity().segmentSize();
        this.index = new WalIndex(generation, wal, rolledUp, READ_AHEAD);
        this.stopless = new StoplessWal(index, wal, size);
    }

    @Override
    public Result find(RecoveryTarget target, Replay replay) {
        if (!major.isKnown()) {
            return new Unread("the WAL of PostgreSQL " + major + " can't be read");
        }
        if (known.filter(k -> k.target().equals(target)).isEmpty()) {
            answers.clear();
        }
        known = Optional.of(answers.containsKey(replay) ? answers.get(replay) : answer(target, replay));
        answers.put(replay, known.get());
        return known.get().result();
    }

    private Known answer(RecoveryTarget target, Replay replay) {
        Optional<Known> rest = known.filter(k -> isRest(k, target, replay));
        unassigned = Optional.empty();
        Result result;
        try {
            result = target instanceof RecoveryTarget.EndOfWal ? atTheEnd(replay) : search(target, replay, rest);
        } catch (BrokenWalException e) {
            result = new Broken(broken(e, replay).what());
        }
        return new Known(target, replay, result, unassigned);
    }

    /** Where the WAL of the last search is the rest of this one's, only what comes before that is searched. */
    private Result search(RecoveryTarget target, Replay replay, Optional<Known> rest) {
        List<WalRange> wal = replay.wal();
        if (rest.isPresent()) {
            wal = between(wal, 0, first(rest.get().replay()));
            if (isTooEarly(rest.get(), wal)) {
                unassigned = rest.get().unassigned();
                return rest.get().result();
            }
        }
        Optional<TransactionEnd> before = Optional.empty();
        if (target instanceof RecoveryTarget.Xid xid) {
            UnassignedXid skimmed = new UnassignedXid(xid.xid() & 0xFFFF_FFFFL, index);
            before = skimmed.skim(wal, size);
            unassigned = skimmed.met();
            // A commit may begin in the segment before.
            wal = from(wal, skimmed.firstWanted(first(replay)) - 1);
        }
        StopScout scout = new StopScout(StopRule.of(target, replay), replay, major, before);
        Optional<BrokenWal> behind = Optional.empty();
        try {
            WalWalk walk = walk(scout, replay);
            go(walk, wal);
            if (scout.stop().isPresent() && rest.isPresent()) {
                if (rest.get().result() instanceof NeverStops) {
                    scout.stopsOnce();
                }
                // The first commit that is left out may lie in the rest.
                if (!scout.isOver()) {
                    go(walk, from(replay.wal(), first(rest.get().replay()) + 1));
                }
            }
        } catch (BrokenWalException e) {
            // Behind the stop, which no recovery passes, only the first commit that is left out was looked for.
            if (scout.stop().isEmpty()) {
                throw e;
            }
            behind = Optional.of(broken(e, replay));
        }
        if (scout.stop().isPresent()) {
            RecoveryStop stop = scout.stop().get();
            return new Stops(behind.map(stop::before).orElse(stop));
        }
        return scout.topLevel().isPresent() || rest.isEmpty()
                ? new NeverStops(scout.lastIncluded(), scout.topLevel())
                : told(rest.get().result(), scout.lastIncluded());
    }

    /** Whether it holds as it is for a search that begins earlier: no commit from before is to be told. */
    private static boolean isTold(Result result) {
        if (result instanceof Stops found) {
            return found.stop().lastIncluded().isPresent();
        }
        return !(result instanceof NeverStops never) || never.last().isPresent();
    }

    /** What was found in the rest, where the last commit may be one from before. */
    private static Result told(Result rest, Optional<TransactionEnd> before) {
        if (isTold(rest)) {
            return rest;
        }
        if (rest instanceof NeverStops never) {
            return new NeverStops(before, never.topLevel());
        }
        return new Stops(((Stops) rest).stop().behind(before));
    }

    /** A search that found nothing, or found it later: the first stop of this one lies before its WAL, or is the same. */
    private boolean isRest(Known last, RecoveryTarget target, Replay replay) {
        return !(target instanceof RecoveryTarget.Immediate)
                && last.target().equals(target)
                && last.replay().to().equals(replay.to())
                && first(last.replay()) >= first(replay)
                && from(replay.wal(), first(last.replay())).equals(last.replay().wal());
    }

    /** Whether what comes before the rest surely holds nothing that is looked for, and hangs together. */
    private boolean isTooEarly(Known rest, List<WalRange> wal) {
        return wal.size() == 1
                && isTold(rest.result())
                && stopless.holds(wal.get(0), StopRule.of(rest.target(), rest.replay()), rest.unassigned());
    }

    private long first(Replay replay) {
        return replay.wal().get(0).first().number(size);
    }

    /** The end of the WAL, and the last commit before it, which is looked for from the end. */
    private Result atTheEnd(Replay replay) {
        long first = first(replay);
        long last = replay.wal().get(replay.wal().size() - 1).last().number(size);
        for (long count = 1; ; count *= LARGER) {
            StopScout scout =
                    new StopScout(StopRule.of(new RecoveryTarget.EndOfWal(), replay), replay, major, Optional.empty());
            try {
                go(walk(scout, replay), from(replay.wal(), last - count + 1));
            } catch (BrokenWalException e) {
                // A timeline that was left may break off in its last segment; nothing is known to be behind that.
                if (size.segmentNumber(e.lsn()) < last) {
                    throw e;
                }
            }
            if (scout.lastIncluded().isPresent() || last - count + 1 <= first) {
                return new Stops(new RecoveryStop(
                        replay.to(),
                        replay.to(),
                        scout.lastIncluded(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
            }
        }
    }

    private WalWalk walk(StopScout scout, Replay replay) {
        List<WalRange> incomplete = replay.wal().stream()
                .filter(r -> r.form() != WalRange.Form.WHOLE)
                .toList();
        return new WalWalk(index, major, size, segment -> read(segment, incomplete), scout, passed);
    }

    private void go(WalWalk walk, List<WalRange> wal) {
        for (WalRange range : wal) {
            if (walk.isOver()) {
                return;
            }
            if (range.form() == WalRange.Form.WHOLE) {
                walk.along(new ArchivedWal.Run(
                        range.timeline(),
                        range.first().number(size),
                        range.last().number(size)));
            } else {
                walk.through(range.first());
            }
        }
    }

    private List<WalRange> from(List<WalRange> wal, long first) {
        return between(wal, first, Long.MAX_VALUE);
    }

    private List<WalRange> between(List<WalRange> wal, long first, long last) {
        return wal.stream().flatMap(r -> r.within(first, last, size).stream()).toList();
    }

    private BrokenWal broken(BrokenWalException e, Replay replay) {
        long number = size.segmentNumber(e.lsn());
        List<WalRange> there = between(replay.wal(), number, number);
        return new BrokenWal(
                e.lsn(), (there.isEmpty() ? replay.wal() : there).get(0).first());
    }

    private byte[] read(WalSegmentName segment, List<WalRange> incomplete) {
        WalRange.Form form = incomplete.stream()
                .filter(r -> r.first().equals(segment))
                .map(WalRange::form)
                .findFirst()
                .orElse(WalRange.Form.WHOLE);
        WalFileName file = form == WalRange.Form.PARTIAL ? new PartialSegmentName(segment) : segment;
        try {
            return form == WalRange.Form.STREAMED ? streamed(segment) : archive.read(file);
        } catch (PgpitrException e) {
            if (e.exitCode() != ExitCode.CORRUPT) {
                throw e;
            }
            ObjectKey object = archive.generation().layout().wal(file);
            throw new UnusableWalException(segment, new DamagedWal(file, object, e.getMessage()), e);
        }
    }

    private byte[] streamed(WalSegmentName segment) {
        // Beside the temporary files; it is never placed. Without pieces it is archived whole by now.
        Path place = Path.of(System.getProperty("java.io.tmpdir"), segment.toString());
        Optional<StreamedSegment> assembled = new StreamArchive(archive.generation()).assemble(segment, place);
        try (StreamedSegment streamed = assembled.orElse(null)) {
            return streamed != null ? streamed.bytes() : archive.read(segment);
        }
    }

    @Override
    public void close() {
        index.close();
    }
}
