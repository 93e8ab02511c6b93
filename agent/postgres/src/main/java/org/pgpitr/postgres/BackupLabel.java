package org.pgpitr.postgres;

import java.util.Optional;

/**
 * The file that makes a server start from a backup's checkpoint instead of {@code pg_control}'s
 * ({@code build_backup_content()} in {@code src/backend/access/transam/xlogbackup.c}; before 15 in {@code xlog.c}).
 *
 * @param startLsn from where WAL is needed
 * @param startSegment the segment that holds {@code startLsn}
 * @param checkpoint position of the checkpoint record the backup begins with
 * @param method such as {@code streamed}
 * @param from {@code primary} or {@code standby} ({@code master} is older)
 * @param startTime as the server wrote it, in its {@code log_timezone}
 * @param label the user's text
 * @param startTimeline the timeline the backup began on
 * @param incrementalFrom the backup's parent position, for an incremental backup of PostgreSQL 17 or newer
 */
public record BackupLabel(
        Lsn startLsn,
        WalSegmentName startSegment,
        Lsn checkpoint,
        String method,
        String from,
        String startTime,
        String label,
        TimelineId startTimeline,
        Optional<Parent> incrementalFrom) {
    /** The file's path in a data directory. */
    public static final String PATH = "backup_label";

    /** Where the backup began that an incremental one builds upon. */
    public record Parent(Lsn lsn, TimelineId timeline) {}

    /**
     * Reads the file's text.
     *
     * @throws InvalidFormatException for any other text
     */
    public static BackupLabel parse(String text) {
        throw new UnsupportedOperationException();
    }

    /** The file's text, as PostgreSQL writes it; what {@link #parse} reads. */
    @Override
    public String toString() {
        throw new UnsupportedOperationException();
    }
}
