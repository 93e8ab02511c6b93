package org.pgpitr.service.restore;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;

/** Puts a failure of the local disk into words. */
final class LocalFailure {
    private LocalFailure() {}

    static PgpitrException of(UncheckedIOException e) {
        return of(e.getCause());
    }

    static PgpitrException of(IOException e) {
        if (e instanceof AccessDeniedException denied) {
            return new PgpitrException(
                    ExitCode.USAGE,
                    "no permission to write " + denied.getFile(),
                    "run the restore as the user the server runs as, or as root",
                    e);
        }
        String what = e instanceof FileSystemException failed && failed.getReason() != null
                ? failed.getFile() + ": " + failed.getReason()
                : String.valueOf(e.getMessage());
        return new PgpitrException(
                ExitCode.DISK_UNAVAILABLE,
                "writing the restored files failed: " + what,
                "remove what was restored, mend the disk, then restore again",
                e);
    }
}
