package org.pgpitr.storage;

import java.util.Optional;

/**
 * The store did not do what was asked, or did not answer. Never thrown for an object that does not exist. The message
 * says what was tried, at which location, and what the store said, without any secret.
 */
public final class StorageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What went wrong, as far as it decides what to do next. */
    public enum Kind {
        /** Not reached, timed out, throttled, broken off, or a server's fault: the same call may succeed later. */
        UNAVAILABLE(true),
        /** The credentials are missing, wrong or not sufficient. */
        ACCESS_DENIED(false),
        /** The bucket or the folder that holds everything does not exist. */
        NO_SUCH_LOCATION(false),
        /** The store can't do what is needed, such as conditional writes. */
        UNSUPPORTED(false),
        /** No space, or a quota is used up. */
        FULL(false),
        /** The content to be stored could not be read, or did not have the length it announced. */
        SOURCE_FAILED(false),
        /** The calling thread was interrupted; its interrupt flag is set. */
        INTERRUPTED(false),
        /** The store's answer makes no sense, or the settings for it are wrong. */
        OTHER(false);

        private final boolean retryable;

        Kind(boolean retryable) {
            this.retryable = retryable;
        }
    }

    private final Kind kind;
    private final String hint;

    public StorageException(Kind kind, String message) {
        this(kind, message, null, null);
    }

    public StorageException(Kind kind, String message, Throwable cause) {
        this(kind, message, null, cause);
    }

    /**
     * @param hint what to do; null if there is nothing to say
     * @param cause null if there is none
     */
    public StorageException(Kind kind, String message, String hint, Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.hint = hint;
    }

    public Kind kind() {
        return kind;
    }

    /** What to do; empty if there is nothing to say beyond the kind. */
    public Optional<String> hint() {
        return Optional.ofNullable(hint);
    }

    /** Whether the same call may succeed if it is made again soon. */
    public boolean isRetryable() {
        return kind.retryable;
    }
}
