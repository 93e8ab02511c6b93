package org.pgpitr.service.backup;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.pgpitr.cluster.CheckpointMode;

/**
 * How a backup is taken.
 *
 * @param workers how many lanes are written at a time, 1 to {@value #MAX_WORKERS}
 * @param checkpoint how the checkpoint is made that it begins with
 * @param onDamage what a page with a wrong checksum means
 * @param archiveTimeout how long to wait for a WAL segment to arrive in the repository; counted anew whenever the
 *     server's archiver gets on, so a long queue alone is no failure
 * @param label the user's text for the backup, one line of up to {@value #MAX_LABEL} bytes; empty text for none
 * @param dataDirectory where this host sees the server's data directory; empty: where the server says that it is
 * @param slot of a receiver that brings WAL into the repository, beside archiving or instead of it; empty if none does
 */
public record BackupOptions(
        int workers,
        CheckpointMode checkpoint,
        OnDamage onDamage,
        Duration archiveTimeout,
        String label,
        Optional<Path> dataDirectory,
        Optional<String> slot) {
    public static final int MAX_WORKERS = 64;
    /** PostgreSQL's own limit ({@code MAXPGPATH}, less the end of the text). */
    public static final int MAX_LABEL = 1023;

    /** Two workers, a fast checkpoint, a damaged page fails, five minutes for the archiver, no label. */
    public static final BackupOptions DEFAULT = new BackupOptions(
            2, CheckpointMode.FAST, OnDamage.FAIL, Duration.ofMinutes(5), "", Optional.empty(), Optional.empty());

    public BackupOptions {
        if (workers < 1 || workers > MAX_WORKERS) {
            throw new IllegalArgumentException("workers must be 1 to " + MAX_WORKERS + ", not " + workers);
        }
        if (archiveTimeout.isNegative() || archiveTimeout.isZero()) {
            throw new IllegalArgumentException("the archive timeout must be above zero, not " + archiveTimeout);
        }
        if (!isLabel(label)) {
            throw new IllegalArgumentException("a label is one line of up to " + MAX_LABEL + " bytes: " + label);
        }
    }

    /** Whether PostgreSQL takes that text for a backup's label. */
    public static boolean isLabel(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length <= MAX_LABEL
                && text.chars().noneMatch(c -> c < ' ');
    }

    public BackupOptions withWorkers(int count) {
        return new BackupOptions(count, checkpoint, onDamage, archiveTimeout, label, dataDirectory, slot);
    }

    public BackupOptions withCheckpoint(CheckpointMode mode) {
        return new BackupOptions(workers, mode, onDamage, archiveTimeout, label, dataDirectory, slot);
    }

    public BackupOptions withOnDamage(OnDamage choice) {
        return new BackupOptions(workers, checkpoint, choice, archiveTimeout, label, dataDirectory, slot);
    }

    public BackupOptions withArchiveTimeout(Duration timeout) {
        return new BackupOptions(workers, checkpoint, onDamage, timeout, label, dataDirectory, slot);
    }

    public BackupOptions withLabel(String text) {
        return new BackupOptions(workers, checkpoint, onDamage, archiveTimeout, text, dataDirectory, slot);
    }

    public BackupOptions withDataDirectory(Path directory) {
        return new BackupOptions(workers, checkpoint, onDamage, archiveTimeout, label, Optional.of(directory), slot);
    }
}
