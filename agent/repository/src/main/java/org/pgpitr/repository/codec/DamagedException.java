package org.pgpitr.repository.codec;

import java.io.IOException;

/** Stored bytes are not as they were written. The message completes {@code … is damaged: }. */
final class DamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedException(String message) {
        super(message);
    }

    DamagedException(String message, Throwable cause) {
        super(message, cause);
    }
}
