package org.pgpitr.service.archive;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.postgres.wal.SummaryFormat;
import org.pgpitr.postgres.wal.WalReader;
import org.pgpitr.repository.Threads;
import org.pgpitr.repository.archive.SegmentInspection;
import org.pgpitr.repository.codec.CompressedFile;
import org.pgpitr.repository.codec.FileCompressor;
import org.pgpitr.storage.Content;

/**
 * Reads a file that is to be archived. Its WAL is looked through while it is compressed: in memory, where it is read once;
 * a file that is longer than a segment usually is, is read for both, and has to be the same.
 */
final class SegmentReading implements AutoCloseable {
    private record Result(CompressedFile compressed, FutureTask<Optional<SegmentSummary>> summary) {}

    private final LocalWalFile file;
    private final int level;
    private final PushLimits limits;
    private final int copies;
    private final FutureTask<Result> task = new FutureTask<>(this::read);
    private int memory;
    private CompressedFile compressed;
    private boolean closed;

    private SegmentReading(LocalWalFile file, int level, PushLimits limits, int copies) {
        this.file = file;
        this.level = level;
        this.limits = limits;
        this.copies = copies;
    }

    /**
     * Begins on a thread of its own.
     *
     * @param level of zstd
     * @param copies how often what is compressed may be held in memory until this is closed
     */
    static SegmentReading begin(LocalWalFile file, int level, PushLimits limits, int copies) {
        SegmentReading reading = new SegmentReading(file, level, limits, copies);
        Threads.daemons("segment-reading").newThread(reading.task).start();
        return reading;
    }

    private Result read() throws IOException, InterruptedException {
        limits.beginCompressing();
        try {
            requireWaitedFor();
            return file.content().length() > FileCompressor.MAX_FILE ? readLong() : readOnce();
        } finally {
            limits.endCompressing();
        }
    }

    private Result readOnce() throws IOException, InterruptedException {
        try (FileCompressor compressor = FileCompressor.take(file.content().length())) {
            Content once = compressor.read(file.content());
            FutureTask<Optional<SegmentSummary>> inspection = new FutureTask<>(() -> inspect(file, once));
            Thread inspecting = begin(inspection);
            int length;
            try {
                length = compressor.compress(level);
            } finally {
                inspecting.join(); // for the next one reads into the same memory
            }
            return new Result(
                    within(length, () -> compressor.compressed(file.name().toString())), inspection);
        }
    }

    /** What will come of it is known when it is there: until then as much memory is taken as it can be. */
    private Result readLong() throws IOException, InterruptedException {
        DigestedContent inspected = new DigestedContent(file.content());
        FutureTask<Optional<SegmentSummary>> inspection = new FutureTask<>(() -> inspect(file, inspected));
        return new Result(within(CompressedFile.MOST_MEMORY, () -> compressLong(inspected, inspection)), inspection);
    }

    private CompressedFile compressLong(DigestedContent inspected, FutureTask<?> inspection)
            throws IOException, InterruptedException {
        requireWaitedFor();
        Thread inspecting = begin(inspection);
        CompressedFile made;
        try {
            made = CompressedFile.of(file.name().toString(), file.content(), level);
        } finally {
            inspecting.join(); // the processor is taken for both
        }
        String sha256 = made.tag().sha256();
        if (!inspected.sha256().orElse(sha256).equals(sha256)) {
            made.close();
            throw new IOException("it changed while it was read");
        }
        return made;
    }

    private interface Making {
        CompressedFile make() throws IOException, InterruptedException;
    }

    /**
     * Makes something for which there is memory, and holds as much as it takes, for each copy.
     *
     * @param bytes that it takes at most
     */
    private CompressedFile within(int bytes, Making making) throws IOException, InterruptedException {
        int taken = limits.take((long) bytes * copies);
        CompressedFile made = null;
        try {
            made = making.make();
        } finally {
            if (made == null) {
                limits.free(taken);
            }
        }
        return hold(made, limits.keep(taken, made.memory() * copies));
    }

    private void requireWaitedFor() {
        if (task.isCancelled()) {
            throw new CancellationException("nobody waits for " + file.name());
        }
    }

    private static Thread begin(FutureTask<?> inspection) {
        Thread inspecting = Threads.daemons("segment-inspection").newThread(inspection);
        inspecting.start();
        return inspecting;
    }

    private synchronized CompressedFile hold(CompressedFile made, int taken) {
        if (closed) {
            limits.free(taken);
            made.close();
        } else {
            memory = taken;
            compressed = made;
        }
        return made;
    }

    /**
     * Looks a file's WAL through.
     *
     * @param content of the file
     * @return its summary; empty for other files, and for WAL of an unknown major version
     * @throws BrokenWalException if it must not be archived
     */
    static Optional<SegmentSummary> inspect(LocalWalFile file, Content content) throws IOException {
        Optional<SegmentSummary> summary = SegmentInspection.summary(file.name(), content);
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
        return result(result(task).summary());
    }

    /** The file as it is to be stored; until this is closed. */
    CompressedFile compressed() {
        return result(task).compressed();
    }

    private <T> T result(FutureTask<T> work) {
        try {
            return work.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PgpitrException(
                    ExitCode.STORAGE_UNAVAILABLE, "interrupted while archiving " + file.name(), null, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof BrokenWalException broken) {
                throw broken;
            }
            if (e.getCause() instanceof PgpitrException unusable) {
                throw unusable; // the temporary folder
            }
            if (e.getCause() instanceof Error error) {
                throw error;
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

    /**
     * Lets go of the memory, or the temporary file. Reading that is under way is not interrupted: an interrupt closes the
     * channel that it reads from, which may be others' too.
     */
    @Override
    public void close() {
        task.cancel(false);
        synchronized (this) {
            closed = true;
            limits.free(memory);
            memory = 0;
            if (compressed != null) {
                compressed.close();
            }
        }
    }
}
