package org.pgpitr.service.archive;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Repository;

/** Some of several repositories failed, or all of them. Its exit code and hint are those of the first one that did. */
public final class RepositoriesException extends PgpitrException {
    private static final long serialVersionUID = 1L;

    private final transient Map<Repository, Throwable> failures;
    private final int tried;

    /** @param failures in the repositories' order, at least one */
    RepositoriesException(
            ExitCode exitCode, String message, String hint, Map<Repository, Throwable> failures, int tried) {
        super(exitCode, message, hint, failures.values().iterator().next());
        this.failures = Collections.unmodifiableMap(new LinkedHashMap<>(failures));
        this.tried = tried;
        failures.values().stream().skip(1).forEach(this::addSuppressed);
    }

    /** What went wrong in each that failed, in their order. */
    public Map<Repository, Throwable> failures() {
        return failures;
    }

    /** Whether there are others, which did what they were asked for. */
    public boolean isOfSome() {
        return failures.size() < tried;
    }
}
