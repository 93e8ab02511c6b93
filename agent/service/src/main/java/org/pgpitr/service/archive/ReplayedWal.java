package org.pgpitr.service.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import org.pgpitr.postgres.BackupLabel;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentHeader;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.measured.Measurement;

/**
 * How fast a server has replayed, as its data directory tells at the end of a recovery, whoever fetched the WAL for it: it
 * renames {@code backup_label} when replay begins, and each segment as it comes to it ({@code
 * KeepFileRestoredFromArchive()}). What a recovery that paused waited does not count.
 */
public final class ReplayedWal {
    /** Shorter ones tell of the start of a server rather than of replay. */
    private static final int LEAST_SEGMENTS = 4;

    private static final String BEGUN = "backup_label.old";
    private static final String STANDBY = "standby.signal";
    private static final String RECOVERY = "recovery.signal";
    private static final String SERVER = "postmaster.pid";

    private record Segment(WalSegmentName name, WalSegmentHeader header, FileTime since) {}

    private ReplayedWal() {}

    /**
     * What can be told.
     *
     * @return empty for a standby, a short recovery, one that was broken off meanwhile, and where files have no time of
     *     their last renaming
     * @throws IOException if the data directory can't be read
     */
    public static Optional<Measurement> measure(Path dataDirectory, String host) throws IOException {
        Path label = dataDirectory.resolve(BEGUN);
        boolean recovers = Files.exists(dataDirectory.resolve(RECOVERY))
                && !Files.exists(dataDirectory.resolve(STANDBY))
                && Files.exists(label);
        Optional<FileTime> begun = recovers ? renamed(label) : Optional.empty();
        if (begun.isEmpty() || startedBehind(dataDirectory, begun.get())) {
            return Optional.empty();
        }
        try {
            WalSegmentName first = BackupLabel.parse(Files.readString(label, StandardCharsets.ISO_8859_1))
                    .startSegment();
            return newest(dataDirectory).flatMap(last -> between(first, begun.get(), last, host));
        } catch (InvalidFormatException notAsKnown) {
            return Optional.empty();
        }
    }

    private static Optional<Measurement> between(WalSegmentName first, FileTime begun, Segment last, String host) {
        long segments = last.name().number(last.header().segmentSize())
                - first.number(last.header().segmentSize());
        Duration took = Duration.between(begun.toInstant(), last.since().toInstant());
        return segments < LEAST_SEGMENTS || took.isNegative() || took.isZero()
                ? Optional.empty()
                : Optional.of(new Measurement(
                        Measurement.Kind.REPLAY,
                        host,
                        last.since().toInstant(),
                        segments * last.header().segmentSize().bytes(),
                        took));
    }

    /** A server that was started again has not replayed all the time. */
    private static boolean startedBehind(Path dataDirectory, FileTime begun) throws IOException {
        return startTime(dataDirectory)
                .filter(start -> start > begun.toInstant().getEpochSecond())
                .isPresent();
    }

    /** The third line of {@code postmaster.pid}: when it was started, in seconds. */
    private static Optional<Long> startTime(Path dataDirectory) throws IOException {
        try {
            return Files.readAllLines(dataDirectory.resolve(SERVER), StandardCharsets.ISO_8859_1).stream()
                    .skip(2)
                    .findFirst()
                    .map(line -> Long.parseLong(line.strip()));
        } catch (NumberFormatException notAsKnown) {
            return Optional.empty();
        }
    }

    /** A file system's clock may stand still between two renamings. */
    private static final Comparator<Segment> LATER = Comparator.comparing(Segment::since)
            .thenComparing(segment -> segment.header().pageAddress());

    /** The one that replay came to last; segments that were renamed to be filled anew do not hold what their names say. */
    private static Optional<Segment> newest(Path dataDirectory) throws IOException {
        Optional<Segment> newest = Optional.empty();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(dataDirectory.resolve("pg_wal"))) {
            for (Path file : files) {
                Optional<Segment> segment = segment(file);
                if (segment.isPresent() && (newest.isEmpty() || LATER.compare(newest.get(), segment.get()) < 0)) {
                    newest = segment;
                }
            }
        }
        return newest;
    }

    private static Optional<Segment> segment(Path file) throws IOException {
        if (!(WalFileName.tryParse(file.getFileName().toString()).orElse(null) instanceof WalSegmentName name)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file)) {
            WalSegmentHeader header = WalSegmentHeader.parse(in.readNBytes(WalSegmentHeader.LENGTH));
            return header.pageAddress().equals(name.start(header.segmentSize()))
                    ? renamed(file).map(since -> new Segment(name, header, since))
                    : Optional.empty();
        } catch (InvalidFormatException emptyYet) {
            return Optional.empty();
        }
    }

    private static Optional<FileTime> renamed(Path file) throws IOException {
        try {
            return Optional.ofNullable((FileTime) Files.getAttribute(file, "unix:ctime"));
        } catch (UnsupportedOperationException | IllegalArgumentException notThisSystem) {
            return Optional.empty();
        }
    }
}
