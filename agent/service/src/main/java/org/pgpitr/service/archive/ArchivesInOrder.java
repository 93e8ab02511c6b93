package org.pgpitr.service.archive;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.archive.WalArchive;

/**
 * The archives that may hold a cluster's WAL, in the order in which they are asked. What a repository holds of the
 * cluster is looked up once. Safe for several threads.
 */
public final class ArchivesInOrder {
    private final List<Repository> repositories;
    private final WantedGeneration wanted;
    private final Consumer<String> warnings;
    private final Map<Repository, List<WalArchive>> opened = new ConcurrentHashMap<>();

    /** @param warnings hears of repositories that failed where another one delivered */
    public ArchivesInOrder(List<Repository> repositories, WantedGeneration wanted, Consumer<String> warnings) {
        this.repositories = List.copyOf(repositories);
        this.wanted = wanted;
        this.warnings = warnings;
    }

    private List<WalArchive> of(Repository repository) {
        return opened.computeIfAbsent(
                repository, r -> wanted.in(r).stream().map(WalArchive::new).toList());
    }

    /** All of them; every repository has to answer. */
    Stream<WalArchive> all() {
        return repositories.stream().flatMap(repository -> of(repository).stream());
    }

    /**
     * Puts exactly that file in place, verified, from the first repository that has it. One that fails is passed over
     * for the next; if none delivers the file, its failure is thrown.
     *
     * @return false only if every repository says that it has no such file
     */
    public boolean fetch(WalFileName file, Path place) {
        Failures failures = new Failures();
        for (Repository repository : repositories) {
            try {
                if (fetch(file, place, of(repository))) {
                    failures.each((failed, cause) -> warnings.accept(
                            file + " comes from " + repository.store().location() + ", because "
                                    + failed.store().location() + " failed: " + cause.getMessage()));
                    return true;
                }
            } catch (RuntimeException e) {
                failures.add(repository, e);
            }
        }
        if (!failures.isEmpty()) {
            throw failures.together(repositories.size());
        }
        return false;
    }

    private static boolean fetch(WalFileName file, Path place, List<WalArchive> archives) {
        for (WalArchive archive : archives) {
            if (archive.fetch(file, place)) {
                return true;
            }
        }
        return false;
    }
}
