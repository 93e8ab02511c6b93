package org.pgpitr.service.verify;

import java.util.stream.Collectors;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.plan.WalHole;

/** What a hole costs, in words. */
final class Loss {
    private Loss() {}

    static String of(WalHole hole) {
        String text = "on timeline " + hole.timeline() + " no moment from " + hole.lostFrom() + " on can be recovered"
                + hole.again()
                        .map(b -> ", until " + b.stopLsn() + ", where backup " + b.id() + " ended at " + b.stopped())
                        .orElse("");
        if (hole.inconsistent().isEmpty()) {
            return text;
        }
        String backups = hole.inconsistent().stream()
                .map(BackupSummary::id)
                .map(Object::toString)
                .collect(Collectors.joining(", "));
        return text + "; backup " + backups + " can't become consistent";
    }
}
