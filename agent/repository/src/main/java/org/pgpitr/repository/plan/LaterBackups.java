package org.pgpitr.repository.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.repository.backup.BackupSummary;

/**
 * How late WAL goes is not told by its names; but where a backup on the same way ended, what had happened by then lies
 * before its stop position.
 *
 * @param backups those at whose end the target had passed
 */
record LaterBackups(List<BackupSummary> backups) {
    /** Bounds a target whose position is not known, or says why it can't be. */
    Judgement judge(Candidate candidate, Judgement.Certainty certainty, List<String> notes) {
        Optional<Lsn> before = backups.stream()
                .filter(candidate::passes)
                .map(BackupSummary::stopLsn)
                .min(Lsn::compareTo);
        if (before.isPresent()) {
            return new Judgement.Serves(certainty, before.get(), notes);
        }
        Reach reach = candidate.reach();
        if (reach.hole().isPresent()) {
            return new Judgement.Fails(
                    Judgement.Cause.WAL,
                    reach.hole().get().why() + ", and nothing proves that the target lies before that");
        }
        List<String> all = new ArrayList<>(notes);
        all.add("Whether the archived WAL, which ends at " + reach.end()
                + ", reaches the target is not known: if it does not, the recovery ends with an error.");
        return new Judgement.Serves(certainty, reach.end(), all);
    }
}
