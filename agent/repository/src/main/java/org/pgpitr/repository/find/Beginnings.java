package org.pgpitr.repository.find;

import java.util.Optional;
import java.util.OptionalLong;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.BrokenWalException;
import org.pgpitr.postgres.wal.ControlRecord;
import org.pgpitr.postgres.wal.RmgrId;
import org.pgpitr.postgres.wal.RunningTransactions;
import org.pgpitr.postgres.wal.WalReader;
import org.pgpitr.postgres.wal.WalRecord;

/** Looks up from which transaction on all are read from their beginning, where reading begins with some segment. */
final class Beginnings {
    private final ArchivedPath path;
    private final SegmentContent content;
    private final PostgresMajor major;
    private final WalSegmentSize size;

    Beginnings(ArchivedPath path, SegmentContent content, PostgresMajor major, WalSegmentSize size) {
        this.path = path;
        this.content = content;
        this.major = major;
        this.size = size;
    }

    /**
     * The next transaction's number where the WAL first tells it.
     *
     * @param from the place of the first segment that is read
     * @param behind the place behind the last one; all in between follow each other
     * @return empty if it is not told
     */
    OptionalLong wholeFrom(int from, int behind) {
        WalReader reader = new WalReader(major, size);
        WalRecord record = new WalRecord();
        try {
            for (int at = from; at < behind; at++) {
                PathSegment segment = path.get(at);
                reader.open(segment.name(), content.read(segment));
                while (reader.next(record) && record.start().isBefore(segment.until())) {
                    OptionalLong next = nextXid(record);
                    if (next.isPresent()) {
                        return next;
                    }
                }
            }
        } catch (BrokenWalException e) {
            return OptionalLong.empty(); // The search itself tells of it
        } catch (PgpitrException e) {
            if (e.exitCode() != ExitCode.CORRUPT) {
                throw e;
            }
        }
        return OptionalLong.empty();
    }

    private static OptionalLong nextXid(WalRecord record) {
        if (record.resourceManager() == RmgrId.STANDBY) {
            Optional<RunningTransactions> running = RunningTransactions.of(record);
            return running.isPresent() ? OptionalLong.of(running.get().nextXid()) : OptionalLong.empty();
        }
        return record.resourceManager() == RmgrId.XLOG
                        && ControlRecord.of(record).orElse(null) instanceof ControlRecord.Checkpoint checkpoint
                        && checkpoint.manner() == ControlRecord.Manner.SHUTDOWN
                ? OptionalLong.of(checkpoint.nextXid() & 0xFFFF_FFFFL)
                : OptionalLong.empty();
    }
}
