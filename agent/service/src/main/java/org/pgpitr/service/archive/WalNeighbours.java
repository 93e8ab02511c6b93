package org.pgpitr.service.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineHistoryName;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentHeader;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.postgres.wal.SegmentSummarizer;
import org.pgpitr.postgres.wal.SegmentSummary;
import org.pgpitr.postgres.wal.SummaryChain;
import org.pgpitr.postgres.wal.WalReader;

/** What else lies in {@code pg_wal} and says something about a segment that is to be archived. */
final class WalNeighbours {
    /** The segment before it is read from so far before its end; a longer record that crosses is not checked here. */
    private static final int TAIL = 1 << 18;

    private static final int MAX_HISTORY = 1 << 20;

    private final Path folder;

    WalNeighbours(Path folder) {
        this.folder = folder;
    }

    /**
     * Whether the segment's timeline was left where its WAL ends, as history files tell; where none speaks of that
     * timeline, whether there is WAL of a later one, there or behind: a standby that follows a promotion, and archives
     * too ({@code archive_mode = always}), hands over what it has of the old timeline, and so does a server whose
     * archiving was turned on after its promotion.
     */
    boolean wasLeftIn(SegmentSummary summary) {
        boolean later = false;
        boolean told = false;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                WalFileName name =
                        WalFileName.tryParse(file.getFileName().toString()).orElse(null);
                if (name instanceof TimelineHistoryName history) {
                    for (Lsn switchPoint : switchPoints(file, history, summary)) {
                        if (!switchPoint.isBefore(summary.start()) && !switchPoint.isAfter(summary.walEnd())) {
                            return true;
                        }
                        told = true;
                    }
                } else if (name instanceof WalSegmentName segment) {
                    later |= isOnLaterTimeline(segment, summary);
                }
            }
            return later && !told;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isOnLaterTimeline(WalSegmentName name, SegmentSummary summary) {
        return name.timeline().compareTo(summary.segment().timeline()) > 0
                && name.fits(summary.size())
                && name.number(summary.size()) >= summary.number();
    }

    /** Where a timeline leaves the segment's; empty if it does not, or its history can't be understood. */
    private static List<Lsn> switchPoints(Path file, TimelineHistoryName name, SegmentSummary summary)
            throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            String text = new String(in.readNBytes(MAX_HISTORY), java.nio.charset.StandardCharsets.UTF_8);
            return TimelineHistory.parse(name.timeline(), text)
                    .switchPoint(summary.segment().timeline())
                    .stream()
                    .toList();
        } catch (InvalidFormatException e) {
            return List.of();
        }
    }

    /**
     * Checks the record that crosses into a segment, and the chain, where the segment before it is still there.
     *
     * @throws BrokenWalException if the segment does not follow on that one
     */
    void requireFollows(SegmentSummary summary) throws IOException {
        boolean begunAnew = summary.front().isEmpty()
                && summary.firstPrevious().filter(Lsn.ZERO::equals).isPresent();
        // WAL begins without a past at initdb, and after pg_resetwal.
        if (begunAnew || summary.number() == 0) {
            return;
        }
        WalSegmentName before = WalSegmentName.of(summary.segment().timeline(), summary.number() - 1, summary.size());
        SummaryChain chain = new SummaryChain();
        try {
            SegmentSummary earlier = ending(before, summary);
            if (earlier.end() == WalReader.End.OPEN) {
                return;
            }
            chain.next(earlier);
        } catch (NoSuchFileException e) {
            return;
        } catch (BrokenWalException e) {
            // It is not what its name says, or broken itself: nothing that could be held against this one.
            return;
        }
        chain.next(summary);
    }

    private SegmentSummary ending(WalSegmentName name, SegmentSummary next) throws IOException {
        try {
            SegmentSummary tail = tail(name, next);
            if (tail.end() == WalReader.End.FULL) {
                return tail;
            }
        } catch (BrokenWalException e) {
            // A segment that was switched early has no WAL there.
        }
        try (InputStream in = Files.newInputStream(folder.resolve(name.toString()))) {
            return new SegmentSummarizer(next.major(), next.size()).whole(name, in);
        }
    }

    private SegmentSummary tail(WalSegmentName name, SegmentSummary next) throws IOException {
        int offset = next.size().bytes() - TAIL;
        try (InputStream in = Files.newInputStream(folder.resolve(name.toString()))) {
            byte[] header = in.readNBytes(WalSegmentHeader.LENGTH);
            in.skipNBytes(offset - header.length);
            return new SegmentSummarizer(next.major(), next.size()).tail(name, header, in, offset);
        } catch (java.io.EOFException e) {
            throw new BrokenWalException(name.start(next.size()), "it is cut off");
        }
    }
}
