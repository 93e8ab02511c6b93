package org.pgpitr.cli.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
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
     * Its real path: the configured one, else the working directory if that is one, as on a host that only restores.
     *
     * @throws PgpitrException USAGE if it is neither configured nor here, or there is none
     */
    static Path dataDirectory(Configuration configuration) {
        Path here = Path.of("").toAbsolutePath();
        Path configured = configuration
                .cluster()
                .dataDirectory()
                .or(() -> Optional.of(here).filter(DataDirectory::isOne))
                .orElseThrow(
                        () -> new PgpitrException(
                                ExitCode.USAGE,
                                "the data directory is not configured",
                                "set data_directory in [cluster] or PGPITR_CLUSTER_DATA_DIRECTORY, or run this in the data directory"));
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

    /** As {@link #dataDirectory}, on a host that may not be the server's; empty if it is not. */
    static Optional<Path> ifHere(Configuration configuration) {
        return configuration
                .cluster()
                .dataDirectory()
                .filter(DataDirectory::isOne)
                .map(configured -> dataDirectory(configuration));
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
