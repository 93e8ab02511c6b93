package org.pgpitr.repository.archive;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.postgres.PartialSegmentName;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentHeader;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.postgres.wal.SegmentSummarizer;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.storage.Content;

/**
 * Reads a segment before it is archived: each record of it, or the push would keep what no recovery can use. In bounded
 * memory.
 */
public final class SegmentInspection {
    private SegmentInspection() {}

    /**
     * The summary of a segment, whole or partial.
     *
     * @return empty for files that are no segments, and for WAL of a major version that is not known here
     * @throws BrokenWalException if a record of it is broken, or if it is not the segment of that name
     * @throws IOException if it can't be read
     */
    public static Optional<SegmentSummary> summary(WalFileName name, Content file) throws IOException {
        WalSegmentName segment = name instanceof PartialSegmentName partial
                ? partial.segment()
                : name instanceof WalSegmentName whole ? whole : null;
        if (segment == null) {
            return Optional.empty();
        }
        WalSegmentHeader header;
        try (InputStream in = file.open()) {
            header = WalSegmentHeader.parse(in.readNBytes(WalSegmentHeader.LENGTH));
        } catch (InvalidFormatException e) {
            throw new BrokenWalException(
                    org.pgpitr.postgres.Lsn.ZERO, "it does not begin as a WAL segment: " + e.getMessage());
        }
        Optional<PostgresMajor> major = header.major();
        if (major.isEmpty()) {
            return Optional.empty();
        }
        SegmentSummarizer summarizer = new SegmentSummarizer(major.get(), header.segmentSize());
        try (InputStream in = file.open()) {
            return Optional.of(
                    name instanceof WalSegmentName ? summarizer.whole(segment, in) : summarizer.partial(segment, in));
        }
    }
}
