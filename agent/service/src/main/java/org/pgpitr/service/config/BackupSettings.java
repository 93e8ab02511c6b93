package org.pgpitr.service.config;

import java.time.Duration;
import org.pgpitr.cluster.CheckpointMode;
import org.pgpitr.service.backup.OnDamage;

/** {@code [backup]}; what each means stands in {@link ConfigKeys}. */
public record BackupSettings(
        int workers, int compressionLevel, CheckpointMode checkpoint, OnDamage onDamage, Duration archiveTimeout) {
    static BackupSettings from(SectionValues values) {
        return new BackupSettings(
                values.get(ConfigKeys.BACKUP_WORKERS),
                values.get(ConfigKeys.COMPRESSION_LEVEL),
                values.get(ConfigKeys.CHECKPOINT),
                values.get(ConfigKeys.ON_DAMAGE),
                values.get(ConfigKeys.ARCHIVE_TIMEOUT));
    }
}
