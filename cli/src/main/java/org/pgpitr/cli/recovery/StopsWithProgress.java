package org.pgpitr.cli.recovery;

import java.util.List;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.plan.ArchivedStops;
import org.pgpitr.repository.plan.Replay;
import org.pgpitr.repository.plan.StopSearch;
import org.pgpitr.repository.plan.WalRange;
import org.pgpitr.service.Progress;

/** Searches a generation's WAL for where a recovery stops, and shows how far it got: that may be much WAL. */
final class StopsWithProgress implements StopSearch, AutoCloseable {
    private final WalSegmentSize size;
    private final ArchivedStops search;
    private final Progress progress;

    StopsWithProgress(Generation generation, ArchivedWal wal, Progress progress) {
        this.size = generation.identity().segmentSize();
        this.search = new ArchivedStops(generation, wal, segments -> progress.advance(segments * size.bytes()));
        this.progress = progress;
    }

    @Override
    public Result find(RecoveryTarget target, Replay replay) {
        progress.begin("looking into the WAL from " + replay.from(), segments(replay.wal()) * size.bytes());
        try {
            return search.find(target, replay);
        } finally {
            progress.end();
        }
    }

    private long segments(List<WalRange> wal) {
        return wal.stream()
                .mapToLong(r -> r.last().number(size) - r.first().number(size) + 1)
                .sum();
    }

    @Override
    public void close() {
        search.close();
    }
}
