package org.pgpitr.cli.command;

import java.io.IOException;
import java.nio.file.Path;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.init.ClusterFacts;
import org.pgpitr.service.init.DataDirectory;

/** The server on this host, known by its data directory alone. */
final class LocalServer {
    private LocalServer() {}

    /**
     * Its real path.
     *
     * @throws PgpitrException USAGE if it is not configured, or there is none
     */
    static Path dataDirectory(Configuration configuration) {
        Path configured = configuration
                .cluster()
                .dataDirectory()
                .orElseThrow(() -> new PgpitrException(
                        ExitCode.USAGE,
                        "the data directory is not configured",
                        "set data_directory in [cluster], or PGPITR_CLUSTER_DATA_DIRECTORY"));
        try {
            return configured.toRealPath();
        } catch (IOException e) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "can't enter the data directory " + configured,
                    "data_directory in [cluster] is the server's; run this as the server's user",
                    e);
        }
    }

    static WalSegmentSize segmentSize(Path dataDirectory) {
        return DataDirectory.facts(dataDirectory)
                .map(ClusterFacts::segmentSize)
                .orElseThrow(() -> new PgpitrException(
                        ExitCode.USAGE,
                        "the server's version is not known here",
                        "archive without the agent, or take a newer pgpitr"));
    }
}
