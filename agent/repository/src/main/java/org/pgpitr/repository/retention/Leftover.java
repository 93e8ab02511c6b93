package org.pgpitr.repository.retention;

import org.pgpitr.repository.backup.BackupId;

/**
 * Objects of a backup that has no manifest: one that was interrupted, or is being taken, or whose deletion was
 * interrupted.
 *
 * @param id the backup's identifier
 * @param objects how many there are
 * @param bytes how much they take in the repository
 */
public record Leftover(BackupId id, long objects, long bytes) {}
