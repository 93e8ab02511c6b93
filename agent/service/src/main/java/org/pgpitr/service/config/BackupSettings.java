package org.pgpitr.service.config;

import java.time.Duration;

/** {@code [backup]}; what each means stands in {@link ConfigKeys}. */
public record BackupSettings(
        int workers, int compressionLevel, Checkpoint checkpoint, OnDamage onDamage, Duration archiveTimeout) {
    /** How the server makes the checkpoint that a backup begins with. */
    public enum Checkpoint {
        FAST,
        SPREAD
    }

    /** What a page with a wrong checksum does. */
    public enum OnDamage {
        FAIL,
        WARN
    }

    static BackupSettings from(SectionValues values) {
        return new BackupSettings(
                values.get(ConfigKeys.BACKUP_WORKERS),
                values.get(ConfigKeys.COMPRESSION_LEVEL),
                values.get(ConfigKeys.CHECKPOINT),
                values.get(ConfigKeys.ON_DAMAGE),
                values.get(ConfigKeys.ARCHIVE_TIMEOUT));
    }
}
