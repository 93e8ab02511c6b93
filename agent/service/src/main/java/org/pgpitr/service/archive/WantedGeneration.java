package org.pgpitr.service.archive;

import java.nio.file.Path;
import java.util.Optional;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;

/** Which generation of a repository is read. Each repository counts its generations by itself. */
public sealed interface WantedGeneration {
    /**
     * The generation in one repository.
     *
     * @return empty if the repository says itself that it holds nothing of the wanted cluster
     * @throws org.pgpitr.error.PgpitrException NO_REPOSITORY if it has no generation at all; WAL_CONFLICT
     */
    Optional<Generation> in(Repository repository);

    /** For people: {@code generation 2}. */
    @Override
    String toString();

    /** The one of the cluster in a data directory; the newest, if there is none in it yet. */
    record OfDataDirectory(Path directory) implements WantedGeneration {
        @Override
        public Optional<Generation> in(Repository repository) {
            return Optional.of(LocalCluster.generation(repository, LocalCluster.systemIdentifier(directory)));
        }

        @Override
        public String toString() {
            return "the generation of the cluster in " + directory;
        }
    }

    /** The one of that number, whosoever's it is. */
    record Numbered(int number) implements WantedGeneration {
        @Override
        public Optional<Generation> in(Repository repository) {
            return Optional.of(repository.generation(number));
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
        public Optional<Generation> in(Repository repository) {
            return repository.find(number, cluster, encryption);
        }

        @Override
        public String toString() {
            return (encryption == Encryption.AGE ? "an encrypted" : "a plain") + " generation of cluster " + cluster;
        }
    }
}
