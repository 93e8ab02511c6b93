package org.pgpitr.service.archive;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.SystemIdentifier;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.WalArchive;

/** Archives one file that PostgreSQL hands over, in every repository. */
public final class ArchivePush {
    /**
     * What became of the file.
     *
     * @param bytes its size
     * @param outcomes one a repository, in their order
     */
    public record Result(WalFileName name, long bytes, List<WalArchive.Pushed> outcomes) {}

    private final List<Repository> repositories;
    private final Path dataDirectory;
    private final Map<Repository, Map<Optional<SystemIdentifier>, Generation>> generations = new ConcurrentHashMap<>();

    /**
     * Looks a cluster's place in a repository up once; somebody who pushes for long makes a new one from time to time.
     *
     * @param repositories at least one; all of them have to take the file
     * @param dataDirectory of the cluster; relative paths are relative to it
     */
    public ArchivePush(List<Repository> repositories, Path dataDirectory) {
        if (repositories.isEmpty()) {
            throw new IllegalArgumentException("no repository");
        }
        this.repositories = List.copyOf(repositories);
        this.dataDirectory = dataDirectory;
    }

    /**
     * Checks the file and archives it. When this returns, the file is durable in every repository. The same file again
     * is success. Several threads may push at once.
     *
     * @param file as {@code %p} gives it
     * @throws PgpitrException if it was not archived everywhere: USAGE if it is no file of a kind that is archived,
     *     CORRUPT if it is not what its name says, WAL_CONFLICT if it is another cluster's or another content is
     *     archived under its name, NO_REPOSITORY
     * @throws org.pgpitr.storage.StorageException if the one repository there is can't take it
     */
    public Result push(Path file) {
        LocalWalFile local = LocalWalFile.open(dataDirectory.resolve(file));
        Optional<SystemIdentifier> cluster = local.cluster().or(() -> LocalCluster.systemIdentifier(dataDirectory));
        List<WalArchive.Pushed> outcomes = repositories.size() == 1
                ? List.of(push(local, cluster, repositories.get(0)))
                : pushToAll(local, cluster);
        return new Result(local.name(), local.content().length(), outcomes);
    }

    private WalArchive.Pushed push(LocalWalFile file, Optional<SystemIdentifier> cluster, Repository repository) {
        Generation generation = generations
                .computeIfAbsent(repository, any -> new ConcurrentHashMap<>())
                .computeIfAbsent(cluster, whose -> LocalCluster.generation(repository, whose));
        file.requireFit(generation.identity());
        return new WalArchive(generation).push(file.name(), file.content());
    }

    private List<WalArchive.Pushed> pushToAll(LocalWalFile file, Optional<SystemIdentifier> cluster) {
        ExecutorService threads = Executors.newFixedThreadPool(repositories.size(), work -> {
            Thread thread = new Thread(work, "archive-push");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Callable<WalArchive.Pushed>> pushes = new ArrayList<>();
            repositories.forEach(r -> pushes.add(() -> push(file, cluster, r)));
            // All are waited for, also when one fails early: the others' copies are then in place for the next attempt.
            return outcomes(threads.invokeAll(pushes));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PgpitrException(
                    ExitCode.STORAGE_UNAVAILABLE, "interrupted while archiving " + file.name(), null, e);
        } finally {
            threads.shutdownNow();
        }
    }

    private List<WalArchive.Pushed> outcomes(List<Future<WalArchive.Pushed>> pushes) throws InterruptedException {
        List<WalArchive.Pushed> outcomes = new ArrayList<>();
        Failures failures = new Failures();
        for (int i = 0; i < repositories.size(); i++) {
            try {
                outcomes.add(pushes.get(i).get());
            } catch (ExecutionException e) {
                failures.add(repositories.get(i), e.getCause());
            }
        }
        if (!failures.isEmpty()) {
            throw failures.together(repositories.size());
        }
        return outcomes;
    }
}
