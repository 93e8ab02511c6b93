package org.pgpitr.service.init;

import org.pgpitr.cluster.ServerFacts;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.WalSegmentSize;

/**
 * What tells one cluster from another.
 *
 * @param systemIdentifier given by {@code initdb}
 * @param major of the server's programs
 * @param segmentSize of its WAL
 */
public record ClusterFacts(SystemIdentifier systemIdentifier, PostgresMajor major, WalSegmentSize segmentSize) {
    public static ClusterFacts of(ServerFacts server) {
        return new ClusterFacts(server.systemIdentifier(), server.major(), server.segmentSize());
    }
}
