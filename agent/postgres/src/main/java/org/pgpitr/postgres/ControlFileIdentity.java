package org.pgpitr.postgres;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * What the first bytes of {@code global/pg_control} say in every version of PostgreSQL: whose cluster it is and which
 * format follows ({@code ControlFileData} in {@code src/include/catalog/pg_control.h}, whose first fields never move).
 *
 * @param systemIdentifier of the cluster
 * @param controlVersion the format of the rest of the file ({@code PG_CONTROL_VERSION})
 * @param catalogVersion the system catalog's version ({@code CATALOG_VERSION_NO}), such as 202406281
 */
public record ControlFileIdentity(SystemIdentifier systemIdentifier, int controlVersion, int catalogVersion) {
    /** How many bytes {@link #parse} needs. */
    public static final int LENGTH = 16;

    /**
     * Reads the beginning of the file; nothing here is protected by a checksum until {@link ControlFile#parse} has seen
     * the rest.
     *
     * @throws InvalidFormatException if there are too few bytes, or they were written on a machine of the other byte
     *     order
     */
    public static ControlFileIdentity parse(byte[] file) {
        if (file.length < LENGTH) {
            throw new InvalidFormatException(
                    "pg_control has " + file.length + " bytes, which does not even hold its version");
        }
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int controlVersion = in.getInt(8);
        if ((controlVersion & 0xFFFF) == 0 && controlVersion != 0) {
            throw new InvalidFormatException("pg_control was written on a big-endian machine, which is not supported");
        }
        if (controlVersion <= 0 || controlVersion > 0xFFFF) {
            throw new InvalidFormatException("pg_control has no version where one must stand: " + controlVersion);
        }
        return new ControlFileIdentity(new SystemIdentifier(in.getLong(0)), controlVersion, in.getInt(12));
    }

    /** The major version that has this catalog; empty if it is none of those known here. */
    public Optional<PostgresMajor> major() {
        // CATALOG_VERSION_NO in src/include/catalog/catversion.h of each REL_xx_STABLE; it never changes after release.
        return switch (catalogVersion) {
            case 202007201 -> Optional.of(new PostgresMajor(13));
            case 202107181 -> Optional.of(new PostgresMajor(14));
            case 202209061 -> Optional.of(new PostgresMajor(15));
            case 202307071 -> Optional.of(new PostgresMajor(16));
            case 202406281 -> Optional.of(new PostgresMajor(17));
            case 202506291 -> Optional.of(new PostgresMajor(18));
            default -> Optional.empty();
        };
    }
}
