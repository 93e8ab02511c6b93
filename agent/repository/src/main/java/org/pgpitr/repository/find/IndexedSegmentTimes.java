package org.pgpitr.repository.find;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.postgres.wal.TransactionEnd;
import org.pgpitr.repository.index.SegmentLookup;

/** Asks the index; reads the segment itself where that does not tell. */
final class IndexedSegmentTimes implements SegmentTimes {
    private final SegmentLookup index;
    private final SegmentTimes wal;
    private final Map<Long, Optional<Instant>> known = new HashMap<>();

    IndexedSegmentTimes(SegmentLookup index, SegmentTimes wal) {
        this.index = index;
        this.wal = wal;
    }

    @Override
    public Optional<Instant> first(PathSegment segment) {
        return known.computeIfAbsent(segment.number(), number -> look(segment));
    }

    @Override
    public void ahead(List<PathSegment> segments) {
        index.ahead(segments.stream()
                .filter(segment -> !known.containsKey(segment.number()))
                .map(PathSegment::file)
                .toList());
    }

    private Optional<Instant> look(PathSegment segment) {
        Optional<SegmentLookup.Told> told;
        try {
            told = index.find(segment.file());
        } catch (BrokenWalException e) {
            return Optional.empty(); // The search itself tells of it, if it comes by
        } catch (PgpitrException e) {
            if (e.exitCode() != ExitCode.CORRUPT) {
                throw e;
            }
            told = Optional.empty();
        }
        if (told.isEmpty()) {
            return wal.first(segment);
        }
        return told.get()
                .firstCommit()
                .filter(commit -> commit.start().isBefore(segment.until()))
                .map(TransactionEnd::time);
    }
}
