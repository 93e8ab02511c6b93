package org.pgpitr.service.archive;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Repository;
import org.pgpitr.storage.StorageException;

/** What went wrong in which of several repositories, reported together. */
final class Failures {
    private final Map<Repository, Throwable> all = new LinkedHashMap<>();

    void add(Repository repository, Throwable cause) {
        all.put(repository, cause);
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    void each(BiConsumer<Repository, Throwable> visitor) {
        all.forEach(visitor);
    }

    /**
     * One failure for all of them.
     *
     * @param tried how many repositories; with one alone its failure is given as it is
     */
    RuntimeException together(int tried) {
        Throwable first = all.values().iterator().next();
        if (tried == 1 && first instanceof RuntimeException asItIs) {
            return asItIs;
        }
        StringBuilder message = new StringBuilder("failed in " + all.size() + " of " + tried + " repositories");
        all.forEach((repository, cause) -> message.append("; ")
                .append(repository.store().location())
                .append(": ")
                .append(cause.getMessage()));
        return new RepositoriesException(
                exitCode(first),
                message.toString(),
                first instanceof PgpitrException p ? p.hint().orElse(null) : null,
                all,
                tried);
    }

    private static ExitCode exitCode(Throwable cause) {
        if (cause instanceof PgpitrException p) {
            return p.exitCode();
        }
        return cause instanceof StorageException ? ExitCode.STORAGE_UNAVAILABLE : ExitCode.DEFECT;
    }
}
