package org.pgpitr.service.restore;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * How a backup is restored.
 *
 * @param into the data directory to be; absent or empty
 * @param tablespaceMap where tablespaces go, by their name or oid; others go where they were
 * @param workers how many lanes are restored at once, at least 1
 * @param restoreCommand the {@code restore_command} setting
 * @param targetAction what the server does at the target; empty: {@code pause}, as PostgreSQL does by default
 * @param mode what the server becomes
 * @param archiving whether the restored server archives its WAL
 * @param owner who the files shall belong to; {@code user} or {@code user:group}; empty: who owns {@code into} or its nearest existing parent
 */
public record RestoreOptions(
        Path into,
        Map<String, Path> tablespaceMap,
        int workers,
        String restoreCommand,
        Optional<TargetAction> targetAction,
        Mode mode,
        Archiving archiving,
        Optional<String> owner) {
    /** What the server does when it has reached the target ({@code recovery_target_action}). */
    public enum TargetAction {
        PAUSE,
        PROMOTE,
        SHUTDOWN
    }

    /** What the restored server becomes. */
    public enum Mode {
        /** It recovers to the target ({@code recovery.signal}). */
        RECOVERY,
        /** It follows the archive until it is promoted ({@code standby.signal}). */
        STANDBY
    }

    /** Whether the restored server archives its WAL. */
    public enum Archiving {
        /** As the settings in the backup say. */
        KEEP,
        /** {@code archive_mode = off}. */
        OFF
    }

    public RestoreOptions {
        tablespaceMap = Map.copyOf(tablespaceMap);
        if (workers < 1) {
            throw new IllegalArgumentException("workers: " + workers);
        }
    }
}
