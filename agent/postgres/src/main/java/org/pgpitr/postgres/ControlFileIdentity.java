package org.pgpitr.postgres;

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
    /**
     * Reads the beginning of the file; nothing here is protected by a checksum until {@link ControlFile#parse} has seen
     * the rest.
     *
     * @throws InvalidFormatException if there are too few bytes, or they were written on a machine of the other byte
     *     order
     */
    public static ControlFileIdentity parse(byte[] file) {
        throw new UnsupportedOperationException();
    }

    /** The major version that has this catalog; empty if it is none of those known here. */
    public Optional<PostgresMajor> major() {
        throw new UnsupportedOperationException();
    }
}
