package org.pgpitr.repository.plan;

import java.util.Optional;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTargetTimeline;
import org.pgpitr.repository.backup.BackupId;

/**
 * What is wanted.
 *
 * @param target where the recovery shall end
 * @param timeline along which timeline
 * @param backup from this backup and no other; empty: from the newest that serves
 */
public record RecoveryRequest(RecoveryTarget target, RecoveryTargetTimeline timeline, Optional<BackupId> backup) {}
