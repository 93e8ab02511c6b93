package org.pgpitr.service.archive;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Repository;
import org.pgpitr.storage.StorageException;

/** What went wrong in which of several repositories, reported together. */
final class Failures {
    private record Failure(Repository repository, Throwable cause) {}

    private final List<Failure> all = new ArrayList<>();

    void add(Repository repository, Throwable cause) {
        all.add(new Failure(repository, cause));
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    void each(BiConsumer<Repository, Throwable> visitor) {
        all.forEach(failure -> visitor.accept(failure.repository(), failure.cause()));
    }

    /**
     * One failure for all of them. The exit code and the hint are the first one's.
     *
     * @param tried how many repositories; with one alone its failure is given as it is
     */
    RuntimeException together(int tried) {
        Throwable first = all.get(0).cause();
        if (tried == 1 && first instanceof RuntimeException asItIs) {
            return asItIs;
        }
        StringBuilder message = new StringBuilder("failed in " + all.size() + " of " + tried + " repositories");
        for (Failure failure : all) {
            message.append("; ")
                    .append(failure.repository().store().location())
                    .append(": ")
                    .append(failure.cause().getMessage());
        }
        PgpitrException together = new PgpitrException(
                exitCode(first),
                message.toString(),
                first instanceof PgpitrException p ? p.hint().orElse(null) : null,
                first);
        all.stream().skip(1).forEach(f -> together.addSuppressed(f.cause()));
        return together;
    }

    private static ExitCode exitCode(Throwable cause) {
        if (cause instanceof PgpitrException p) {
            return p.exitCode();
        }
        return cause instanceof StorageException ? ExitCode.STORAGE_UNAVAILABLE : ExitCode.DEFECT;
    }
}
