package org.pgpitr.service.check;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.pgpitr.cluster.ServerFacts;
import org.pgpitr.service.init.ClusterFacts;
import org.pgpitr.service.init.DataDirectory;

/** Looks whether the configured data directory is the one the server works in. */
final class DataDirectoryLook {
    private final Findings findings;

    DataDirectoryLook(Findings findings) {
        this.findings = findings;
    }

    void run(ServerFacts facts, Optional<Path> configured) {
        if (configured.isEmpty()) {
            findings.note(
                    Topic.DATA_DIRECTORY,
                    "data_directory is not configured; backups are not taken from here without it",
                    "set data_directory = \"" + facts.dataDirectory() + "\" in [cluster]");
            return;
        }
        Path directory = configured.get();
        if (!DataDirectory.isOne(directory)) {
            boolean there = Files.isDirectory(directory);
            findings.failed(
                    Topic.DATA_DIRECTORY,
                    directory + (there ? " is no data directory that can be read here" : " does not exist on this host")
                            + "; the server's is " + facts.dataDirectory(),
                    there
                            ? "mend data_directory in [cluster], and run pgpitr as the user that runs the server"
                            : "mend data_directory in [cluster]");
            return;
        }
        Optional<ClusterFacts> local = DataDirectory.facts(directory);
        if (local.isPresent() && !local.get().equals(ClusterFacts.of(facts))) {
            findings.failed(
                    Topic.DATA_DIRECTORY,
                    directory + " has " + local.get() + "; the server has " + ClusterFacts.of(facts),
                    "mend data_directory, or host and port, in [cluster]");
        } else if (isAnotherCopy(directory, facts.dataDirectory())) {
            findings.failed(
                    Topic.DATA_DIRECTORY,
                    directory + " is a copy of this cluster; the server's own is " + facts.dataDirectory(),
                    "mend data_directory, or host and port, in [cluster]");
        } else if (local.isEmpty()) {
            findings.note(Topic.DATA_DIRECTORY, directory + " has a pg_control whose version is not known here", null);
        } else {
            findings.ok(Topic.DATA_DIRECTORY, directory + ", with the server's system identifier");
        }
    }

    /** The server may see its directory elsewhere, in a container; only where both are here they can be compared. */
    private static boolean isAnotherCopy(Path configured, Path server) {
        try {
            return DataDirectory.isOne(server) && !Files.isSameFile(configured, server);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
