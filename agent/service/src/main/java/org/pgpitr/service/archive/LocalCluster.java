package org.pgpitr.service.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.ControlFile;
import org.pgpitr.postgres.ControlFileIdentity;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;

/** The cluster whose data directory PostgreSQL's commands run in, and its place in a repository. */
public final class LocalCluster {
    private LocalCluster() {}

    /**
     * Whose data directory it is. The fields read never change, so a server that writes the file meanwhile does no
     * harm.
     *
     * @return empty if there is no {@code pg_control} in {@code directory}
     * @throws PgpitrException CORRUPT if there is one and it can't be read
     */
    public static Optional<SystemIdentifier> systemIdentifier(Path directory) {
        Path file = directory.resolve(ControlFile.PATH);
        try (InputStream in = Files.newInputStream(file)) {
            return Optional.of(ControlFileIdentity.parse(in.readNBytes(ControlFileIdentity.LENGTH))
                    .systemIdentifier());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | InvalidFormatException e) {
            throw new PgpitrException(
                    ExitCode.CORRUPT,
                    "can't read " + file + ": " + e.getMessage(),
                    "without it nobody can tell whose WAL this is; look at the file and its permissions",
                    e);
        }
    }

    /**
     * The generation of a cluster; without its identifier the newest one.
     *
     * @throws PgpitrException NO_REPOSITORY if the repository has no generation at all; WAL_CONFLICT if it has, but
     *     none of that cluster
     */
    public static Generation generation(Repository repository, Optional<SystemIdentifier> cluster) {
        return generations(repository, cluster).get(0);
    }

    /** As {@link #generation}, all of that cluster, the newest first. */
    static List<Generation> generations(Repository repository, Optional<SystemIdentifier> cluster) {
        if (cluster.isEmpty()) {
            return List.of(repository.current());
        }
        List<Generation> all = repository.all(cluster.get());
        if (all.isEmpty()) {
            ClusterIdentity current = repository.current().identity();
            throw new PgpitrException(
                    ExitCode.WAL_CONFLICT,
                    "this cluster has system identifier " + cluster.get() + ", and cluster \"" + repository.name()
                            + "\" in " + repository.store().location() + " has " + current.systemIdentifier(),
                    "after a major upgrade run `pgpitr init --upgrade`; otherwise `name` in [cluster] is another "
                            + "cluster's");
        }
        return all;
    }
}
