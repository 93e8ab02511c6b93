package org.pgpitr.postgres;

/**
 * Text or bytes are not what PostgreSQL writes there. The only exception the parsers of this package throw for bad
 * input; its message says what was read and what was expected, in one line.
 */
public final class InvalidFormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidFormatException(String message) {
        super(message);
    }

    public InvalidFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
