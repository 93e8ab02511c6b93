package org.pgpitr.postgres;

import java.time.Instant;
import java.util.Optional;

/**
 * The cluster's control file, {@code global/pg_control} ({@code src/include/catalog/pg_control.h} of PostgreSQL 13 to
 * 18; little-endian machines).
 *
 * @param identity whose cluster, and which format
 * @param state what the cluster was doing
 * @param modified when the file was last written
 * @param checkpoint position of the last checkpoint record
 * @param redo where replay from that checkpoint begins
 * @param timeline of that checkpoint
 * @param previousTimeline the timeline before it, equal to {@code timeline} unless the checkpoint began a new one
 * @param nextXid the next transaction id with its epoch, as of the checkpoint
 * @param checkpointTime when the checkpoint was made
 * @param minRecoveryPoint up to where replay must go before the cluster is consistent; {@link Lsn#ZERO} outside
 *     recovery
 * @param minRecoveryPointTimeline the timeline of {@code minRecoveryPoint}; 0 outside recovery
 * @param backupStart where the backup began that is being recovered; {@link Lsn#ZERO} if none
 * @param backupEnd where it ended, if taken on a standby; {@link Lsn#ZERO} if not known or none
 * @param walSegmentSize the size of the cluster's WAL segments
 * @param blockSize the size of a page, in bytes
 * @param relationSegmentBlocks how many pages one file of a relation holds at most
 * @param walBlockSize the size of a WAL page, in bytes
 * @param dataChecksumVersion 0 without data checksums
 */
public record ControlFile(
        ControlFileIdentity identity,
        ClusterState state,
        Instant modified,
        Lsn checkpoint,
        Lsn redo,
        TimelineId timeline,
        TimelineId previousTimeline,
        long nextXid,
        Instant checkpointTime,
        Lsn minRecoveryPoint,
        long minRecoveryPointTimeline,
        Lsn backupStart,
        Lsn backupEnd,
        WalSegmentSize walSegmentSize,
        int blockSize,
        int relationSegmentBlocks,
        int walBlockSize,
        int dataChecksumVersion) {
    /** The file's path in a data directory. */
    public static final String PATH = "global/pg_control";
    /** The file's size in bytes, in every version ({@code PG_CONTROL_FILE_SIZE}). */
    public static final int LENGTH = 8192;

    /**
     * Reads the file; its CRC-32C is verified.
     *
     * @throws InvalidFormatException if it is damaged, or of a version that is not known here
     */
    public static ControlFile parse(byte[] file) {
        throw new UnsupportedOperationException();
    }

    /**
     * As {@link #parse}; empty if the file is of a version that is not known here ({@link ControlFileIdentity#parse}
     * still tells whose it is).
     *
     * @throws InvalidFormatException if it is damaged
     */
    public static Optional<ControlFile> parseIfKnown(byte[] file) {
        throw new UnsupportedOperationException();
    }

    public SystemIdentifier systemIdentifier() {
        return identity.systemIdentifier();
    }

    /** The major version; empty if the catalog's version is none of those known here. */
    public Optional<PostgresMajor> major() {
        return identity.major();
    }

    public boolean hasDataChecksums() {
        return dataChecksumVersion != 0;
    }
}
