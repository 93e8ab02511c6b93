package org.pgpitr.repository.find;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.postgres.wal.RmgrId;
import org.pgpitr.postgres.wal.TransactionRecord;
import org.pgpitr.postgres.wal.WalReader;
import org.pgpitr.postgres.wal.WalRecord;
import org.pgpitr.repository.Generation;

/** Reads the segments themselves, each once. */
final class ReadSegmentTimes implements SegmentTimes {
    private final SegmentContent content;
    private final PostgresMajor major;
    private final WalSegmentSize size;
    private final Map<Long, Optional<Instant>> known = new HashMap<>();

    ReadSegmentTimes(Generation generation, SegmentContent content) {
        this.content = content;
        this.major = generation.identity().major();
        this.size = generation.identity().segmentSize();
    }

    @Override
    public Optional<Instant> first(PathSegment segment) {
        return known.computeIfAbsent(segment.number(), number -> read(segment));
    }

    private Optional<Instant> read(PathSegment segment) {
        WalReader reader = new WalReader(major, size);
        WalRecord record = new WalRecord();
        try {
            reader.open(segment.name(), content.read(segment));
            while (reader.next(record) && record.start().isBefore(segment.until())) {
                if (record.resourceManager() == RmgrId.TRANSACTION) {
                    Optional<Instant> time = TransactionRecord.of(record, major)
                            .filter(end -> end.kind() == TransactionRecord.Kind.COMMIT
                                    || end.kind() == TransactionRecord.Kind.COMMIT_PREPARED)
                            .map(TransactionRecord::time);
                    if (time.isPresent()) {
                        return time;
                    }
                }
            }
        } catch (BrokenWalException e) {
            return Optional.empty(); // The search itself tells of it, if it comes by
        } catch (PgpitrException e) {
            if (e.exitCode() != ExitCode.CORRUPT) {
                throw e;
            }
        }
        return Optional.empty();
    }
}
