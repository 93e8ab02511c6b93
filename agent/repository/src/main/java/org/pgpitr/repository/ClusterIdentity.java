package org.pgpitr.repository;

import java.time.Instant;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.WalSegmentSize;

/**
 * One generation of a cluster, as its {@code cluster.json} records it. A generation lasts from {@code init} to the next
 * major upgrade; within it none of this changes.
 *
 * @param formatVersion of the repository format, {@value #FORMAT_VERSION}
 * @param generation counted from 1
 * @param systemIdentifier of the cluster
 * @param major its PostgreSQL version
 * @param segmentSize its WAL segment size
 * @param encryption whether this generation's objects are encrypted; all of them are, or none
 * @param created when {@code init} opened it
 */
public record ClusterIdentity(
        int formatVersion,
        int generation,
        SystemIdentifier systemIdentifier,
        PostgresMajor major,
        WalSegmentSize segmentSize,
        Encryption encryption,
        Instant created) {
    public static final int FORMAT_VERSION = 1;

    /** How the objects of a generation are protected. */
    public enum Encryption {
        NONE,
        AGE
    }

    public ClusterIdentity {
        if (formatVersion < 1 || generation < 1) {
            throw new IllegalArgumentException("not a generation: format " + formatVersion + ", number " + generation);
        }
    }

    /** Whether both tell of the same cluster before the same major upgrade; encryption and time may differ. */
    public boolean isOfSameCluster(ClusterIdentity other) {
        return systemIdentifier.equals(other.systemIdentifier)
                && major.equals(other.major)
                && segmentSize.equals(other.segmentSize);
    }

    /** For people, such as {@code system identifier 7312345678901234567, PostgreSQL 17, segments of 16MB}. */
    public String describe() {
        return "system identifier " + systemIdentifier + ", PostgreSQL " + major + ", segments of " + segmentSize;
    }
}
