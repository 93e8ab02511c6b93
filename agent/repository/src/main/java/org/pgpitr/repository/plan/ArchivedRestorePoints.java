package org.pgpitr.repository.plan;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PartialSegmentName;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.RestorePoint;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.postgres.wal.ControlRecord;
import org.pgpitr.postgres.wal.RmgrId;
import org.pgpitr.postgres.wal.WalReader;
import org.pgpitr.postgres.wal.WalRecord;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.stream.StreamArchive;
import org.pgpitr.repository.stream.StreamedSegment;

/**
 * Reads a generation's WAL for restore points, from each backup's start on. What was read for a newer backup is not read
 * again for an older one.
 */
public final class ArchivedRestorePoints implements RestorePointSearch {
    private final WalArchive archive;
    private final PostgresMajor major;
    private final WalSegmentSize size;
    private final Consumer<WalFileName> reading;
    /** Read from their first record to the last, without that name. */
    private final Set<WalFileName> without = new HashSet<>();

    private String name = "";

    /** @param reading hears of each segment that is to be read */
    public ArchivedRestorePoints(Generation generation, Consumer<WalFileName> reading) {
        this.archive = new WalArchive(generation);
        this.major = generation.identity().major();
        this.size = generation.identity().segmentSize();
        this.reading = reading;
    }

    @Override
    public Result first(String wanted, Lsn from, List<WalRange> wal) {
        if (!major.isKnown()) {
            return new Unread("the WAL of PostgreSQL " + major + " can't be read");
        }
        if (!wanted.equals(name)) {
            without.clear();
            name = wanted;
        }
        WalReader reader = new WalReader(major, size);
        boolean whole = false;
        for (WalRange range : wal) {
            for (WalSegmentName segment = range.first(); ; segment = segment.next(size)) {
                WalFileName file = range.form() == WalRange.Form.PARTIAL ? new PartialSegmentName(segment) : segment;
                if (without.contains(file)) {
                    whole = false;
                } else {
                    try {
                        reader.open(segment, read(file, range.form()));
                        Optional<RestorePoint> found = search(reader, from);
                        if (found.isPresent()) {
                            return new Found(found.get());
                        }
                    } catch (BrokenWalException e) {
                        return new Broken("the broken WAL at " + e.lsn() + " in segment " + segment);
                    }
                    // The record that crosses into the first one was not seen.
                    if (whole) {
                        without.add(file);
                    }
                    whole = true;
                }
                if (segment.equals(range.last())) {
                    break;
                }
            }
        }
        return new Absent();
    }

    private byte[] read(WalFileName file, WalRange.Form form) {
        reading.accept(file);
        if (form == WalRange.Form.STREAMED && file instanceof WalSegmentName segment) {
            // Beside the temporary files; it is never placed. Without pieces it is archived whole by now.
            Path place = Path.of(System.getProperty("java.io.tmpdir"), file.toString());
            Optional<StreamedSegment> assembled = new StreamArchive(archive.generation()).assemble(segment, place);
            try (StreamedSegment streamed = assembled.orElse(null)) {
                return streamed == null ? archive.read(file) : streamed.bytes();
            }
        }
        return archive.read(file);
    }

    private Optional<RestorePoint> search(WalReader reader, Lsn from) {
        WalRecord record = new WalRecord();
        while (reader.next(record)) {
            if (record.resourceManager() == RmgrId.XLOG
                    && !record.start().isBefore(from)
                    && ControlRecord.of(record).orElse(null) instanceof ControlRecord.Named named
                    && named.restorePoint().name().equals(name)) {
                return Optional.of(named.restorePoint());
            }
        }
        return Optional.empty();
    }
}
