package org.pgpitr.service.check;

import java.nio.file.Path;
import org.pgpitr.postgres.TimelineHistoryName;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.service.archive.TimelineHistories;

/** Looks whether the history of the server's timeline is archived, which an archive that began later never gets. */
final class HistoryLook {
    private final Findings findings;

    HistoryLook(Findings findings) {
        this.findings = findings;
    }

    void notChecked(String because) {
        findings.notChecked(Topic.HISTORY, because);
    }

    void run(TimelineId timeline, Path dataDirectory, Generation generation) {
        findings.look(Topic.HISTORY, () -> {
            String file = new TimelineHistoryName(timeline).toString();
            switch (new TimelineHistories(dataDirectory, new WalArchive(generation)).place(timeline)) {
                case ARCHIVED ->
                    findings.ok(
                            Topic.HISTORY,
                            timeline.equals(TimelineId.FIRST) ? "timeline 1 has none" : file + " is there");
                case LOCAL ->
                    findings.note(
                            Topic.HISTORY,
                            file + " is in pg_wal, but not in the repository: the promotion came before the archiving",
                            "`pgpitr backup` puts it there");
                case NOWHERE ->
                    findings.note(
                            Topic.HISTORY,
                            file + " is neither in the repository nor in " + dataDirectory.resolve("pg_wal")
                                    + ": no recovery that begins on an older timeline gets to this one",
                            "if another server of this cluster has the file in its pg_wal, copy it into this one's and "
                                    + "run `pgpitr backup`");
            }
        });
    }
}
