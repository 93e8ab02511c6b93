package org.pgpitr.repository.retention;

import java.util.Optional;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.storage.ObjectKey;

/**
 * Objects of a backup that has no manifest: one that was interrupted, or is being taken, or whose deletion was
 * interrupted.
 *
 * @param id the backup's identifier
 * @param objects how many there are
 * @param bytes how much they take in the repository
 * @param unknown one of them that is not known here, if there is any: then nobody can tell what they are
 */
public record Leftover(BackupId id, long objects, long bytes, Optional<ObjectKey> unknown) {}
