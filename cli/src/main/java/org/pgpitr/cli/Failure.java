package org.pgpitr.cli;

import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.pgpitr.cli.output.JsonObject;
import org.pgpitr.cli.recovery.UnreachableTarget;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.storage.StorageException;

/**
 * What a person, a program and the exit status are told of an exception. The one place that decides it.
 *
 * @param message one sentence without a full stop; further lines are details
 * @param details for programs alone
 */
record Failure(
        ExitCode exitCode, String message, Optional<String> hint, Throwable cause, Optional<JsonObject> details) {
    Failure(ExitCode exitCode, String message, Optional<String> hint, Throwable cause) {
        this(exitCode, message, hint, cause, Optional.empty());
    }

    static Failure of(Throwable thrown) {
        Throwable cause = thrown;
        while (cause instanceof ExecutionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof UnreachableTarget target) {
            PgpitrException error = target.error();
            return new Failure(
                    error.exitCode(), error.getMessage(), error.hint(), target, Optional.of(target.details()));
        }
        if (cause instanceof PgpitrException known) {
            return new Failure(known.exitCode(), known.getMessage(), known.hint(), known);
        }
        if (cause instanceof StorageException storage) {
            return new Failure(
                    exitCode(storage.kind()),
                    storage.getMessage(),
                    storage.hint().or(() -> hint(storage.kind())),
                    storage);
        }
        if (cause instanceof OutOfMemoryError) {
            return new Failure(
                    ExitCode.DEFECT,
                    "Java ran out of memory (" + cause.getMessage() + ")",
                    Optional.of("take fewer workers, or give it more: PGPITR_JAVA_OPTS=-Xmx512m"),
                    cause);
        }
        return new Failure(ExitCode.DEFECT, "a defect in pgpitr: " + cause, Optional.empty(), cause);
    }

    private static ExitCode exitCode(StorageException.Kind kind) {
        return kind == StorageException.Kind.NO_SUCH_LOCATION ? ExitCode.NO_REPOSITORY : ExitCode.STORAGE_UNAVAILABLE;
    }

    private static Optional<String> hint(StorageException.Kind kind) {
        return Optional.ofNullable(
                switch (kind) {
                    case NO_SUCH_LOCATION ->
                        "mend the repository's url, or make the place: a bucket by your provider's"
                                + " means, a folder by `pgpitr init`";
                    case ACCESS_DENIED ->
                        "mend the credentials or their rights: reading, writing and listing are needed";
                    case UNSUPPORTED -> "see conditional_writes in docs/configuration.md";
                    case FULL -> "make room there";
                    case UNAVAILABLE -> "it was tried several times; try again when the store answers";
                    default -> null;
                });
    }
}
