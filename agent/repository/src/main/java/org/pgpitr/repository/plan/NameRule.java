package org.pgpitr.repository.plan;

import java.util.List;
import java.util.Optional;

/**
 * PostgreSQL stops at the first restore point of that name that it meets, and gives up if that comes before the backup
 * is consistent ({@code recoveryStopsAfter()} in {@code xlogrecovery.c}).
 *
 * @param exact looks it up
 * @param backupNamed whether the user has named the backup, so that no other is wanted
 */
record NameRule(ExactStop exact, boolean backupNamed) implements TargetRule {
    @Override
    public Judgement judge(Candidate candidate) {
        return exact.judge(candidate, List.of(), why -> unread(candidate, why));
    }

    /** PostgreSQL ends with an error if it meets the end of the WAL before the name, so a hole costs no data. */
    private Judgement unread(Candidate candidate, String why) {
        Optional<Reach.Hole> hole = candidate.reach().hole();
        if (hole.isPresent() && !backupNamed) {
            return new Judgement.Fails(
                    Judgement.Cause.WAL,
                    hole.get().why() + ", and nothing proves that the target lies before that"
                            + " (with `--backup` it is tried nevertheless)");
        }
        return new Judgement.Serves(
                Judgement.Certainty.SURE,
                candidate.reach().end(),
                List.of("Where the restore point lies is not known, since " + why + ": if it was made before the"
                        + " backup's end or is not in the WAL, the recovery ends with an error; for an older one name"
                        + " an older backup with `--backup`."));
    }
}
