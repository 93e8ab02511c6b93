package org.pgpitr.service.expire;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.storage.DeleteResult;

/**
 * What a run did.
 *
 * @param plan what it set out to do
 * @param deletedBackups which backups are gone
 * @param spared backups that were to go and stay for now
 * @param walFiles how many WAL files are gone
 * @param companions how much is gone of what was there for the sake of WAL: roll-ups, refused segments, names
 * @param freedBytes how much that freed, without manifests
 * @param outcome what the store refuses to delete, such as what is locked: a later run tries again; and of how many
 *     objects it keeps what they held, in a bucket with versions
 */
public record ExpireReport(
        ExpirePlan plan,
        List<Deleted> deletedBackups,
        List<Spared> spared,
        long walFiles,
        long companions,
        long freedBytes,
        DeleteResult outcome) {
    public ExpireReport {
        deletedBackups = List.copyOf(deletedBackups);
        spared = List.copyOf(spared);
    }

    /** A backup that is gone. */
    public record Deleted(int generation, BackupId id) {}

    /**
     * A backup that stays for now.
     *
     * @param reason why
     * @param lockedUntil when the lock ends under which the store keeps its manifest, as far as the store tells
     */
    public record Spared(int generation, BackupId id, String reason, Optional<Instant> lockedUntil) {}
}
