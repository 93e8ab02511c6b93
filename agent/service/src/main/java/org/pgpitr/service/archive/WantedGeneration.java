package org.pgpitr.service.archive;

import java.nio.file.Path;
import java.util.List;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;

/** Which generations of a repository are read. Each repository counts its generations by itself. */
public sealed interface WantedGeneration {
    /**
     * The generations in one repository, in the order in which they are asked.
     *
     * @return empty if the repository says itself that it holds nothing of the wanted cluster
     * @throws org.pgpitr.error.PgpitrException NO_REPOSITORY if it has no generation at all; WAL_CONFLICT
     */
    List<Generation> in(Repository repository);

    /** For people: {@code generation 2}. */
    @Override
    String toString();

    /**
     * Those of the cluster in a data directory, the newest first; the newest of all, if there is no cluster in it yet.
     * Encryption that was turned on opened a new one for the same cluster, and a standby may need WAL of before.
     */
    record OfDataDirectory(Path directory) implements WantedGeneration {
        @Override
        public List<Generation> in(Repository repository) {
            return LocalCluster.generations(repository, LocalCluster.systemIdentifier(directory));
        }

        @Override
        public String toString() {
            return "the generation of the cluster in " + directory;
        }
    }

    /** The one of that number, whosoever's it is. */
    record Numbered(int number) implements WantedGeneration {
        @Override
        public List<Generation> in(Repository repository) {
            return List.of(repository.generation(number));
        }

        @Override
        public String toString() {
            return "generation " + number;
        }
    }

    /**
     * The one that a restored backup is of, by what it is in every repository.
     *
     * @param number in the repository that the backup came from: where to look first
     */
    record OfBackup(int number, SystemIdentifier cluster, Encryption encryption) implements WantedGeneration {
        @Override
        public List<Generation> in(Repository repository) {
            return repository.find(number, cluster, encryption).stream().toList();
        }

        @Override
        public String toString() {
            return (encryption == Encryption.AGE ? "an encrypted" : "a plain") + " generation of cluster " + cluster;
        }
    }
}
