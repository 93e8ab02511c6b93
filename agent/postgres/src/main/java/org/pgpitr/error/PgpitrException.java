package org.pgpitr.error;

import java.util.Optional;

/**
 * What happened, and what to do: the one exception that reaches the user. The message is one plain sentence without a
 * full stop at its end ({@code WAL segment … is already archived with different content}), the hint tells the remedy
 * ({@code another cluster may be archiving to this repository; run `pgpitr check`}). Neither ever holds a secret.
 */
public class PgpitrException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;
    private final String hint;

    public PgpitrException(ExitCode exitCode, String message) {
        this(exitCode, message, null, null);
    }

    public PgpitrException(ExitCode exitCode, String message, String hint) {
        this(exitCode, message, hint, null);
    }

    /**
     * @param hint what to do; null if there is nothing to say
     * @param cause null if there is none
     */
    public PgpitrException(ExitCode exitCode, String message, String hint, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
        this.hint = hint;
    }

    public ExitCode exitCode() {
        return exitCode;
    }

    /** What to do; empty if there is nothing to say. */
    public Optional<String> hint() {
        return Optional.ofNullable(hint);
    }
}
