package org.pgpitr.service.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineHistory.Stretch;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.stream.Piece;
import org.pgpitr.repository.stream.StreamArchive;

/**
 * Where a stream has to begin so that no WAL is left out: at the beginning of a segment, the one that the slot still
 * stands for, or an earlier one that a repository lacks. What the repositories hold of it already is compared and not
 * stored again.
 *
 * <p>The slot's position is what a receiver last reported durable. So the segment before it is archived, or there are
 * pieces of its own; where neither is so, the repository ends earlier.
 */
final class StreamStart {
    private final TimelineHistory history;
    private final List<Stretch> stretches;
    private final WalSegmentSize size;
    private final Lsn slot;

    /**
     * @param history of the timeline that the server is on
     * @param slot from where on the server keeps WAL
     */
    StreamStart(TimelineHistory history, WalSegmentSize size, Lsn slot) {
        this.history = history;
        this.stretches = history.stretches();
        this.size = size;
        this.slot = slot;
    }

    /** The position from which all of them get all they lack. */
    StreamPosition in(List<Generation> generations, StreamOptions.OnMissing missing) {
        long first = size.segmentNumber(slot);
        if (missing == StreamOptions.OnMissing.REQUIRE) {
            for (Generation generation : generations) {
                first = Math.min(first, firstLacking(generation));
            }
        }
        Lsn start = size.start(first);
        return new StreamPosition(history.timelineAt(start), start);
    }

    private long firstLacking(Generation generation) {
        WalArchive archive = new WalArchive(generation);
        long first = size.segmentNumber(slot);
        // Segments that are there only in pieces are received again, to be archived.
        while (first > 0 && !archive.contains(name(first - 1)) && hasPieces(generation, first - 1)) {
            first--;
        }
        if (first == 0 || archive.contains(name(first - 1)) || hasPieces(generation, first)) {
            return first;
        }
        for (int i = stretches.size() - 1; i >= 0; i--) {
            Stretch stretch = stretches.get(i);
            long begin = size.segmentNumber(stretch.begin());
            long end = stretch.end().map(size::segmentNumber).orElse(first);
            ArchivedWal wal = archive.scan(WalSegmentName.of(stretch.timeline(), begin, size));
            OptionalLong last = lastBefore(wal, stretch.timeline(), first);
            if (last.isPresent()) {
                return Math.min(first, Math.min(last.getAsLong() + 1, end));
            }
        }
        return first;
    }

    private static OptionalLong lastBefore(ArchivedWal wal, TimelineId timeline, long segment) {
        return wal.runs(timeline).stream()
                .filter(run -> run.first() < segment)
                .mapToLong(run -> Math.min(run.last(), segment - 1))
                .max();
    }

    private boolean hasPieces(Generation generation, long segment) {
        return !new StreamArchive(generation).pieces(name(segment)).isEmpty();
    }

    /** The segment on the newest timeline that has begun there. */
    private WalSegmentName name(long segment) {
        TimelineId newest = stretches.get(0).timeline();
        for (Stretch stretch : stretches) {
            if (size.segmentNumber(stretch.begin()) <= segment) {
                newest = stretch.timeline();
            }
        }
        return WalSegmentName.of(newest, segment, size);
    }

    /**
     * The pieces that a receiver which was killed has left of segments that are archived: of those before the slot's
     * position a receiver has proved that.
     */
    List<Piece> leftovers(Generation generation) {
        WalArchive archive = new WalArchive(generation);
        List<Piece> found = new ArrayList<>();
        new StreamArchive(generation).pieces().forEach((segment, pieces) -> {
            if (segment.end(size).compareTo(slot) <= 0
                    && stretches.stream().anyMatch(s -> s.timeline().equals(segment.timeline()))
                    && archive.contains(segment)) {
                found.addAll(pieces);
            }
        });
        return found;
    }

    /** Where a timeline of the server's history ends, and how it goes on. */
    record Switch(Lsn end, StreamPosition next) {}

    /** Empty for the timeline that the server is on. */
    Optional<Switch> switchOf(TimelineId timeline) {
        for (int i = 0; i + 1 < stretches.size(); i++) {
            if (stretches.get(i).timeline().equals(timeline)) {
                Stretch next = stretches.get(i + 1);
                Lsn begin = size.start(size.segmentNumber(next.begin()));
                return Optional.of(new Switch(next.begin(), new StreamPosition(next.timeline(), begin)));
            }
        }
        return Optional.empty();
    }

    /**
     * What the slot's state says before anything is streamed from it.
     *
     * @throws PgpitrException CHECK_FAILED if WAL that it stands for is gone
     */
    static PgpitrException lost(String slot, WalSegmentName missing) {
        return new PgpitrException(
                ExitCode.CHECK_FAILED,
                "PostgreSQL has given up the replication slot \"" + slot
                        + "\" (max_slot_wal_keep_size), and WAL from segment " + missing
                        + " on is missing in the repository",
                "see docs/streaming.md, \"When the slot is lost\"");
    }
}
