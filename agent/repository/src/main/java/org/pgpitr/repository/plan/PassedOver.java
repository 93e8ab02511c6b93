package org.pgpitr.repository.plan;

import org.pgpitr.repository.backup.BackupId;

/**
 * A backup that does not serve.
 *
 * @param id the backup's
 * @param reason continues the sentence "it was passed over because …"
 */
public record PassedOver(BackupId id, String reason) {}
