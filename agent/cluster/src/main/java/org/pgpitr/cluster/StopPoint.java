package org.pgpitr.cluster;

import java.time.Instant;
import org.pgpitr.postgres.Lsn;

/** What {@code pg_backup_stop} answers. */
record StopPoint(Lsn lsn, String backupLabel, String tablespaceMap) {
    BackupStop with(Instant stopped, long xmin, long nextXid) {
        return new BackupStop(lsn, backupLabel, tablespaceMap, stopped, xmin, nextXid);
    }
}
