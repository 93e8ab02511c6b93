package org.pgpitr.cli.recovery;

import java.time.Duration;
import java.util.List;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.index.RolledUp;
import org.pgpitr.repository.plan.ArchivedStops;
import org.pgpitr.repository.plan.Replay;
import org.pgpitr.repository.plan.StopSearch;
import org.pgpitr.repository.plan.WalRange;
import org.pgpitr.service.Progress;

/** Searches a generation's WAL for where a recovery stops, and shows how far it got when that takes long. */
final class StopsWithProgress implements StopSearch, AutoCloseable {
    /** The index answers at once, mostly. */
    private static final Duration SHOWN_AFTER = Duration.ofSeconds(1);

    private final WalSegmentSize size;
    private final ArchivedStops search;
    private final Progress progress;

    private String what = "";
    private long total;
    private long passed;
    private long began;
    private boolean shown;

    StopsWithProgress(Generation generation, ArchivedWal wal, RolledUp rolledUp, Progress progress) {
        this.size = generation.identity().segmentSize();
        this.search = new ArchivedStops(generation, wal, rolledUp, this::passed);
        this.progress = progress;
    }

    @Override
    public Result find(RecoveryTarget target, Replay replay) {
        what = "looking into the WAL from " + replay.from();
        total = segments(replay.wal()) * size.bytes();
        passed = 0;
        began = System.nanoTime();
        try {
            return search.find(target, replay);
        } finally {
            if (shown) {
                progress.end();
                shown = false;
            }
        }
    }

    private void passed(long segments) {
        passed += segments * size.bytes();
        if (shown) {
            progress.advance(segments * size.bytes());
        } else if (System.nanoTime() - began > SHOWN_AFTER.toNanos()) {
            progress.begin(what, total);
            progress.advance(passed);
            shown = true;
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
