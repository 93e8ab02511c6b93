package org.pgpitr.cluster;

import java.nio.file.Path;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentSize;

/**
 * What a server says of itself.
 *
 * @param versionNumber {@code server_version_num}, such as 170004
 * @param version {@code server_version}, such as {@code 17.4 (Debian 17.4-1)}
 * @param dataDirectory as the server sees it; another host or container may see it elsewhere
 * @param checksums whether data pages carry checksums ({@code data_checksums})
 * @param timeline of a primary: the one it writes; of a standby: the one it has replayed up to
 * @param archiveCommand {@code archive_command}; empty text if it is not set
 * @param archiveLibrary {@code archive_library}; empty text if it is not set, and before PostgreSQL 15
 */
public record ServerFacts(
        int versionNumber,
        String version,
        PostgresMajor major,
        SystemIdentifier systemIdentifier,
        Path dataDirectory,
        WalSegmentSize segmentSize,
        Role role,
        Checksums checksums,
        TimelineId timeline,
        String walLevel,
        String archiveMode,
        String archiveCommand,
        String archiveLibrary) {
    /** Whether data pages carry checksums. */
    public enum Checksums {
        ON,
        OFF
    }
}
