package org.pgpitr.postgres;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.zip.CRC32C;

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
        return parseIfKnown(file)
                .orElseThrow(() -> new InvalidFormatException("pg_control is of version "
                        + ControlFileIdentity.parse(file).controlVersion() + ", which is not known here"));
    }

    /**
     * As {@link #parse}; empty if the file is of a version that is not known here ({@link ControlFileIdentity#parse}
     * still tells whose it is).
     *
     * @throws InvalidFormatException if it is damaged
     */
    public static Optional<ControlFile> parseIfKnown(byte[] file) {
        ControlFileIdentity identity = ControlFileIdentity.parse(file);
        OptionalInt crcOffset = crcOffset(identity.controlVersion());
        return crcOffset.isEmpty() ? Optional.empty() : Optional.of(parse(identity, file, crcOffset.getAsInt()));
    }

    /** Where {@code crc} stands, the struct's last field; all fields read here stand at the same places in 13 to 18. */
    private static OptionalInt crcOffset(int controlVersion) {
        return switch (controlVersion) {
            case 1300, 1700 -> OptionalInt.of(288);
            case 1800 -> OptionalInt.of(292); // after default_char_signedness
            default -> OptionalInt.empty();
        };
    }

    private static ControlFile parse(ControlFileIdentity identity, byte[] file, int crcOffset) {
        if (file.length < crcOffset + Integer.BYTES) {
            throw new InvalidFormatException("pg_control has only " + file.length + " bytes");
        }
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        CRC32C crc = new CRC32C();
        crc.update(file, 0, crcOffset);
        if ((int) crc.getValue() != in.getInt(crcOffset)) {
            throw new InvalidFormatException("pg_control is damaged: its CRC does not match");
        }
        return new ControlFile(
                identity,
                state(in.getInt(16)),
                time(in.getLong(24)),
                new Lsn(in.getLong(32)),
                new Lsn(in.getLong(40)),
                timeline(in.getInt(48)),
                timeline(in.getInt(52)),
                in.getLong(64),
                time(in.getLong(104)),
                new Lsn(in.getLong(136)),
                Integer.toUnsignedLong(in.getInt(144)),
                new Lsn(in.getLong(152)),
                new Lsn(in.getLong(160)),
                new WalSegmentSize(in.getInt(228)),
                in.getInt(216),
                in.getInt(220),
                in.getInt(224),
                in.getInt(252));
    }

    private static ClusterState state(int value) {
        ClusterState[] states = ClusterState.values();
        if (value < 0 || value >= states.length) {
            throw new InvalidFormatException("pg_control has an unknown cluster state: " + value);
        }
        return states[value];
    }

    private static TimelineId timeline(int value) {
        return new TimelineId(Integer.toUnsignedLong(value));
    }

    private static Instant time(long seconds) {
        try {
            return Instant.ofEpochSecond(seconds);
        } catch (DateTimeException e) {
            throw new InvalidFormatException("pg_control has an impossible time: " + seconds, e);
        }
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
