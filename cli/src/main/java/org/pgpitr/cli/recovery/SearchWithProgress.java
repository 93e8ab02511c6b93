package org.pgpitr.cli.recovery;

import java.util.List;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.plan.ArchivedRestorePoints;
import org.pgpitr.repository.plan.RestorePointSearch;
import org.pgpitr.repository.plan.WalRange;
import org.pgpitr.service.Progress;

/** Searches a generation's WAL for a restore point, and shows how far it got: that may be much WAL. */
final class SearchWithProgress implements RestorePointSearch {
    private final WalSegmentSize size;
    private final RestorePointSearch search;
    private final Progress progress;

    SearchWithProgress(Generation generation, Progress progress) {
        this.size = generation.identity().segmentSize();
        this.search = new ArchivedRestorePoints(generation, segment -> progress.advance(size.bytes()));
        this.progress = progress;
    }

    @Override
    public Result first(String name, Lsn from, List<WalRange> wal) {
        progress.begin("searching the WAL from " + from, segments(wal) * size.bytes());
        try {
            return search.first(name, from, wal);
        } finally {
            progress.end();
        }
    }

    private long segments(List<WalRange> wal) {
        return wal.stream()
                .mapToLong(r -> r.last().number(size) - r.first().number(size) + 1)
                .sum();
    }
}
