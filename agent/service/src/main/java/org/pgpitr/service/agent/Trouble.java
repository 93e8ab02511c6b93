package org.pgpitr.service.agent;

import java.time.Instant;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.storage.StorageException;

/**
 * Something that went wrong, in the words that a user is told.
 *
 * @param hint empty text if there is nothing to say
 */
public record Trouble(ExitCode code, String message, String hint, Instant time) {
    public static Trouble of(Throwable thrown, Instant time) {
        if (thrown instanceof PgpitrException known) {
            return new Trouble(
                    known.exitCode(), known.getMessage(), known.hint().orElse(""), time);
        }
        if (thrown instanceof StorageException storage) {
            return new Trouble(
                    ExitCode.STORAGE_UNAVAILABLE,
                    storage.getMessage(),
                    storage.hint().orElse(""),
                    time);
        }
        return new Trouble(ExitCode.DEFECT, "a defect in pgpitr: " + thrown, "", time);
    }

    /** Whether it does not lie with one file: the store's, or that of a disk of this host. */
    boolean concernsEveryFile() {
        return isOfTheStore() || code == ExitCode.DISK_UNAVAILABLE;
    }

    /** Whether it is the store's. */
    public boolean isOfTheStore() {
        return code == ExitCode.STORAGE_UNAVAILABLE || code == ExitCode.NO_REPOSITORY;
    }

    public String sentence() {
        return hint.isEmpty() ? message : message + " (hint: " + hint + ")";
    }
}
