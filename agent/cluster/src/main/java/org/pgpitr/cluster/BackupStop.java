package org.pgpitr.cluster;

import java.time.Instant;
import org.pgpitr.postgres.Lsn;

/**
 * What the end of a backup brought.
 *
 * @param stopLsn WAL up to here (exclusive) is needed to make the backup consistent
 * @param backupLabel the content of {@code backup_label}, to be stored as it is
 * @param tablespaceMap the content of {@code tablespace_map}, to be stored as it is; empty text if there is none
 * @param stopped not before the stop, by the clock that commits are stamped with: no transaction whose commit lies
 *     before {@code stopLsn} has a later time
 * @param xmin full transaction id: every transaction below it had ended before {@code stopLsn}
 * @param nextXid full transaction id: every transaction at or above it ended, or will end, behind {@code stopLsn}
 */
public record BackupStop(
        Lsn stopLsn, String backupLabel, String tablespaceMap, Instant stopped, long xmin, long nextXid) {}
