package org.pgpitr.repository.archive;

import java.io.IOException;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.BackupHistoryName;
import org.pgpitr.postgres.PartialSegmentName;
import org.pgpitr.postgres.TimelineHistoryName;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.StorageException;

/** What goes wrong with archived files, in the user's words. */
final class WalErrors {
    private WalErrors() {}

    /** The file with its kind, such as {@code WAL segment 000000010000000000000001}. */
    static String describe(WalFileName name) {
        if (name instanceof PartialSegmentName) {
            return "partial WAL segment " + name;
        }
        if (name instanceof TimelineHistoryName) {
            return "timeline history " + name;
        }
        return (name instanceof BackupHistoryName ? "backup history file " : "WAL segment ") + name;
    }

    static PgpitrException conflict(WalFileName name, String archived, String here) {
        return new PgpitrException(
                ExitCode.WAL_CONFLICT,
                describe(name) + " is already archived with different content (SHA-256 archived " + archived + ", here "
                        + here + ")",
                name instanceof PartialSegmentName partial
                        ? "two servers have left timeline " + partial.timeline()
                                + " in this segment; if both promotions "
                                + "were meant, this server's copy can go: up to its end it is the beginning of its new "
                                + "timeline's first segment"
                        : "another cluster may be archiving to this repository; run `pgpitr check`");
    }

    static PgpitrException corrupt(WalFileName name, ObjectKey key, String what) {
        return new PgpitrException(
                ExitCode.CORRUPT,
                "archived " + describe(name) + " is damaged: " + what + " (object " + key + ")",
                "the repository's storage or its transport has changed it; if another repository holds it, use that one");
    }

    static StorageException notRead(ObjectKey key, String location, IOException cause) {
        return new StorageException(
                StorageException.Kind.UNAVAILABLE,
                "can't read " + key + " in " + location + ": " + cause.getMessage(),
                cause);
    }
}
