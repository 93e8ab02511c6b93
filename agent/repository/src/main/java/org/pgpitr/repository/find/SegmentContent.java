package org.pgpitr.repository.find;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import org.pgpitr.postgres.PartialSegmentName;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.archive.SegmentInspection;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.stream.StreamArchive;
import org.pgpitr.repository.stream.StreamedSegment;
import org.pgpitr.storage.Content;

/** Reads segments of the path, whether they are archived as one object or in pieces of a stream. Safe for several threads. */
final class SegmentContent {
    private final Generation generation;
    private final ArchivedWal wal;
    private final WalArchive archive;

    SegmentContent(Generation generation, ArchivedWal wal) {
        this.generation = generation;
        this.wal = wal;
        this.archive = new WalArchive(generation);
    }

    /**
     * All of a segment.
     *
     * @throws org.pgpitr.error.PgpitrException CORRUPT, NO_KEY
     * @throws org.pgpitr.storage.StorageException if the store does not answer
     */
    byte[] read(PathSegment segment) {
        return segment.form() == PathSegment.Form.STREAMED
                        || wal.inPieces(segment.name().timeline()).contains(segment.number())
                ? assembled(segment).orElseGet(() -> archive.read(segment.file()))
                : archive.read(segment.file());
    }

    /**
     * The summary of one that was left before it was full, or is still being written; empty if its major is not known here.
     *
     * @throws org.pgpitr.postgres.wal.BrokenWalException if it does not begin as that segment
     */
    Optional<SegmentSummary> summary(PathSegment segment) {
        try {
            return SegmentInspection.summary(new PartialSegmentName(segment.name()), Content.of(read(segment)));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // It is in memory
        }
    }

    /** From pieces of a stream; empty if it was archived whole since. */
    private Optional<byte[]> assembled(PathSegment segment) {
        // Beside the temporary files; it is never placed.
        Path place =
                Path.of(System.getProperty("java.io.tmpdir"), segment.name().toString());
        try (StreamedSegment streamed =
                new StreamArchive(generation).assemble(segment.name(), place).orElse(null)) {
            return streamed == null ? Optional.empty() : Optional.of(streamed.bytes());
        }
    }
}
