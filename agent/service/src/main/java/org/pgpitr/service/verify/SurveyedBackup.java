package org.pgpitr.service.verify;

import java.util.List;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.backup.LaneTotals;

/**
 * A backup whose manifest could be read to its end.
 *
 * @param lanes all of them, in order
 */
record SurveyedBackup(BackupSummary summary, List<LaneTotals> lanes) {
    SurveyedBackup {
        lanes = List.copyOf(lanes);
    }
}
