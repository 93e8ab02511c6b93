package org.pgpitr.service.archive;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.postgres.wal.SummaryFormat;
import org.pgpitr.postgres.wal.WalReader;
import org.pgpitr.repository.archive.SegmentInspection;

/** Reads a segment that is to be archived, while the repositories are asked for its place. */
final class SegmentReading {
    private final LocalWalFile file;
    private final FutureTask<Optional<SegmentSummary>> task;

    private SegmentReading(LocalWalFile file) {
        this.file = file;
        this.task = new FutureTask<>(this::read);
    }

    static SegmentReading begin(LocalWalFile file) {
        SegmentReading reading = new SegmentReading(file);
        Thread thread = new Thread(reading.task, "segment-reading");
        thread.setDaemon(true);
        thread.start();
        return reading;
    }

    private Optional<SegmentSummary> read() throws IOException {
        Optional<SegmentSummary> summary = SegmentInspection.summary(file.name(), file.content());
        if (summary.isPresent() && file.name() instanceof WalSegmentName) {
            WalNeighbours neighbours =
                    new WalNeighbours(file.path().toAbsolutePath().getParent());
            requireWhole(summary.get(), neighbours);
            neighbours.requireFollows(summary.get());
        }
        return summary;
    }

    private static void requireWhole(SegmentSummary summary, WalNeighbours neighbours) {
        if (summary.end() == WalReader.End.OPEN && !neighbours.wasLeftIn(summary)) {
            throw new BrokenWalException(
                    summary.walEnd(),
                    "there is no record, and the segment does not end before " + summary.segmentEnd());
        }
    }

    /**
     * What is stored with the segment; empty for other files, and for WAL of an unknown major version.
     *
     * @throws BrokenWalException if it must not be archived
     */
    byte[] stored() {
        return summary().map(SummaryFormat::write).orElse(new byte[0]);
    }

    /** As {@link #stored}, not yet in its form. */
    Optional<SegmentSummary> summary() {
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PgpitrException(
                    ExitCode.STORAGE_UNAVAILABLE, "interrupted while archiving " + file.name(), null, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof BrokenWalException broken) {
                throw broken;
            }
            if (e.getCause() instanceof IOException unreadable) {
                throw new PgpitrException(
                        ExitCode.CORRUPT,
                        "can't read " + file.path() + ": " + unreadable.getMessage(),
                        "PostgreSQL will offer it again; if this stays so, look at the disk it is on",
                        unreadable);
            }
            throw new IllegalStateException("reading " + file.name(), e.getCause());
        }
    }
}
