package org.pgpitr.service.verify;

import java.util.List;
import java.util.Map;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineId;

/**
 * What names, headers and manifests tell: all that verifying content needs to know.
 *
 * @param backups whose manifests are whole, oldest first
 * @param wal what is archived
 * @param besides what is neither of a lane nor archived WAL
 * @param histories those that can be read
 * @param access whether content can be read
 */
record Surveyed(
        List<SurveyedBackup> backups,
        WalSurvey wal,
        List<BesidePiece> besides,
        Map<TimelineId, TimelineHistory> histories,
        Access access) {
    /** Whether this host can decrypt. */
    enum Access {
        READABLE,
        KEYLESS
    }

    Surveyed {
        backups = List.copyOf(backups);
        besides = List.copyOf(besides);
        histories = Map.copyOf(histories);
    }
}
