package org.pgpitr.postgres.wal;

import java.time.Instant;
import java.util.Optional;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.RestorePoint;
import org.pgpitr.postgres.TimelineId;

/**
 * What the server says about the WAL itself: the records of {@link RmgrId#XLOG} that matter to a recovery
 * ({@code xlog_internal.h}, {@code pg_control.h}).
 */
public sealed interface ControlRecord {
    /**
     * A checkpoint.
     *
     * @param redo where replay from it begins
     * @param nextXid the next transaction, with its epoch
     */
    record Checkpoint(Lsn redo, TimelineId timeline, TimelineId previousTimeline, long nextXid, Manner manner)
            implements ControlRecord {}

    /** How a checkpoint was made. */
    enum Manner {
        ONLINE,
        SHUTDOWN
    }

    /** A restore point; its LSN is the end of its record. */
    record Named(RestorePoint restorePoint) implements ControlRecord {}

    /** A recovery ended and the server went on, on a new timeline. */
    record EndOfRecovery(Instant time, TimelineId timeline, TimelineId previousTimeline) implements ControlRecord {}

    /** A backup that began at {@code start} ended. */
    record BackupEnd(Lsn start) implements ControlRecord {}

    /** The server moved to the next segment. */
    record Switch() implements ControlRecord {}

    /**
     * Reads a record of {@link RmgrId#XLOG}.
     *
     * @return empty for records that do not matter here
     * @throws BrokenWalException if its data does not fit its kind
     */
    static Optional<ControlRecord> of(WalRecord record) {
        RecordData data = new RecordData(record);
        return switch (record.info() & 0xF0) {
            case 0x00 -> Optional.of(checkpoint(data, Manner.SHUTDOWN));
            case 0x10 -> Optional.of(checkpoint(data, Manner.ONLINE));
            case 0x40 -> Optional.of(new Switch());
            case 0x50 -> Optional.of(new BackupEnd(new Lsn(data.int64())));
            case 0x70 -> {
                Instant time = Timestamps.instant(data.int64());
                yield Optional.of(
                        new Named(new RestorePoint(data.text(RestorePoint.MAX_NAME_LENGTH + 1), record.end(), time)));
            }
            case 0x90 ->
                Optional.of(new EndOfRecovery(Timestamps.instant(data.int64()), data.timeline(), data.timeline()));
            default -> Optional.empty();
        };
    }

    private static Checkpoint checkpoint(RecordData data, Manner manner) {
        Lsn redo = new Lsn(data.int64());
        TimelineId timeline = data.timeline();
        TimelineId previous = data.timeline();
        data.skip(8); // full_page_writes and, from 18 on, wal_level
        return new Checkpoint(redo, timeline, previous, data.int64(), manner);
    }
}
