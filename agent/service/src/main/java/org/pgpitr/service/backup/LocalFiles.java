package org.pgpitr.service.backup;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;

/** What a failed read of the data directory means to the user. */
final class LocalFiles {
    private LocalFiles() {}

    static PgpitrException unreadable(Path path, IOException cause) {
        if (cause instanceof AccessDeniedException) {
            return new PgpitrException(
                    ExitCode.USAGE,
                    "no permission to read " + path,
                    "run the backup as the server's user, or in its group if the cluster allows group access "
                            + "(initdb --allow-group-access)",
                    cause);
        }
        if (cause instanceof NoSuchFileException) {
            return new PgpitrException(
                    ExitCode.USAGE,
                    "there is no " + path,
                    "a backup reads the data directory itself: run it on the server's host, and check "
                            + "cluster.data_directory",
                    cause);
        }
        String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new PgpitrException(
                ExitCode.CORRUPT, "can't read " + path + ": " + reason, "check the disk and the kernel's log", cause);
    }
}
