package org.pgpitr.service.init;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.pgpitr.cluster.Server;
import org.pgpitr.cluster.ServerFacts;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.PostgresMajor;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.service.Progress;

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

    /**
     * Asks the running server, and reads the data directory where there is one on this host. Either is enough.
     *
     * @param server connects, or throws POSTGRES_UNAVAILABLE
     * @param dataDirectory as configured
     * @param progress hears when the directory has to do
     * @throws PgpitrException POSTGRES_UNAVAILABLE if neither tells; USAGE if they tell of two clusters, or the directory can't be read; CORRUPT if
     *     {@code pg_control} is damaged
     */
    public static ClusterFacts read(Supplier<Server> server, Optional<Path> dataDirectory, Progress progress) {
        Optional<ClusterFacts> local =
                dataDirectory.filter(DataDirectory::isOne).flatMap(DataDirectory::facts);
        Optional<ClusterFacts> running;
        try (Server connected = server.get()) {
            running = Optional.of(of(connected.facts()));
        } catch (PgpitrException e) {
            if (e.exitCode() != ExitCode.POSTGRES_UNAVAILABLE || local.isEmpty()) {
                throw e;
            }
            progress.say(e.getMessage() + "; taking what " + dataDirectory.get() + " says");
            running = Optional.empty();
        }
        if (local.isPresent() && running.isPresent() && !local.equals(running)) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "the server is not that of the data directory " + dataDirectory.get() + ": the server has "
                            + running.get() + ", the directory " + local.get(),
                    "mend data_directory, or host and port, in [cluster]");
        }
        return running.or(() -> local).orElseThrow();
    }

    /** Whether a generation was opened for this cluster as it is. */
    public boolean matches(ClusterIdentity identity) {
        return equals(new ClusterFacts(identity.systemIdentifier(), identity.major(), identity.segmentSize()));
    }

    /** As {@link ClusterIdentity#describe}. */
    @Override
    public String toString() {
        return "system identifier " + systemIdentifier + ", PostgreSQL " + major + ", segments of " + segmentSize;
    }
}
