package org.pgpitr.repository.archive;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Optional;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.postgres.Lsn;
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
     * The summary of a segment, whole or partial. Reads the file once.
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
        try (InputStream in = file.open()) {
            byte[] beginning = in.readNBytes(WalSegmentHeader.LENGTH);
            WalSegmentHeader header = header(beginning);
            Optional<PostgresMajor> major = header.major();
            if (major.isEmpty()) {
                return Optional.empty();
            }
            SegmentSummarizer summarizer = new SegmentSummarizer(major.get(), header.segmentSize());
            InputStream all = new SequenceInputStream(new ByteArrayInputStream(beginning), in);
            return Optional.of(
                    name instanceof WalSegmentName ? summarizer.whole(segment, all) : summarizer.partial(segment, all));
        }
    }

    private static WalSegmentHeader header(byte[] beginning) {
        try {
            return WalSegmentHeader.parse(beginning);
        } catch (InvalidFormatException e) {
            throw new BrokenWalException(Lsn.ZERO, "it does not begin as a WAL segment: " + e.getMessage());
        }
    }
}
