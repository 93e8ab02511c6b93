package org.pgpitr.repository.codec;

import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.storage.ObjectKey;

/** How damage is reported. */
final class Corrupt {
    private Corrupt() {}

    static PgpitrException object(ObjectKey key, String what, Throwable cause) {
        return new PgpitrException(
                ExitCode.CORRUPT,
                "object " + key + " is damaged: " + what,
                "the repository's storage or its transport has changed it; if another repository holds it, use that one",
                cause);
    }
}
