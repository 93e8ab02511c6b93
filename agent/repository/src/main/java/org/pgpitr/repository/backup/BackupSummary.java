package org.pgpitr.repository.backup;

import java.time.Instant;
import java.util.List;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;

/**
 * A backup with all its totals: the first line of its manifest.
 *
 * @param id its identifier
 * @param systemIdentifier of the cluster
 * @param major of the server
 * @param serverVersion of the server in full, such as {@code 17.4}
 * @param pgpitrVersion which took the backup
 * @param label the one given to {@code pg_backup_start}
 * @param started when {@code pg_backup_start} was asked for
 * @param stopped when {@code pg_backup_stop} had returned
 * @param timeline on which it was taken
 * @param startLsn where the redo begins
 * @param stopLsn where the cluster is consistent
 * @param segmentSize of the WAL
 * @param source what kind of server it was taken from
 * @param xmin full transaction id: all transactions below it had ended when the backup did
 * @param nextXid full transaction id: none from it on had ended when the backup did
 * @param checksums whether the cluster has data checksums
 * @param tablespaces those with a directory of their own
 * @param damagedPages whose checksum was wrong; empty without checksums
 * @param files how many files, not counting directories and links
 * @param originalBytes of these files
 * @param storedBytes of all data objects; the manifest is not counted
 * @param lanes how many lanes
 */
public record BackupSummary(
        BackupId id,
        SystemIdentifier systemIdentifier,
        PostgresMajor major,
        String serverVersion,
        String pgpitrVersion,
        String label,
        Instant started,
        Instant stopped,
        TimelineId timeline,
        Lsn startLsn,
        Lsn stopLsn,
        WalSegmentSize segmentSize,
        Source source,
        long xmin,
        long nextXid,
        Checksums checksums,
        List<Tablespace> tablespaces,
        List<DamagedPage> damagedPages,
        long files,
        long originalBytes,
        long storedBytes,
        int lanes) {
    /** What kind of server a backup was taken from. */
    public enum Source {
        PRIMARY,
        STANDBY
    }

    /** Whether the cluster has data checksums. */
    public enum Checksums {
        ON,
        OFF
    }

    public BackupSummary {
        tablespaces = List.copyOf(tablespaces);
        damagedPages = List.copyOf(damagedPages);
    }

    /** The first WAL segment that a recovery from this backup needs. */
    public WalSegmentName startSegment() {
        return WalSegmentName.containing(timeline, startLsn, segmentSize);
    }

    /** The last WAL segment without which this backup never becomes consistent. */
    public WalSegmentName stopSegment() {
        return WalSegmentName.of(timeline, segmentSize.segmentNumberBefore(stopLsn), segmentSize);
    }
}
