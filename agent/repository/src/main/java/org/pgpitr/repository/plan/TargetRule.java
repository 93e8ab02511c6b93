package org.pgpitr.repository.plan;

import java.util.List;
import org.pgpitr.postgres.RecoveryTarget;

/** What one kind of target asks of a backup, its path and its WAL. */
interface TargetRule {
    /** The backup fits its path, and its own WAL is whole. */
    Judgement judge(Candidate candidate);

    static TargetRule of(RecoveryFacts facts, RecoveryRequest request) {
        RecoveryTarget target = request.target();
        if (target instanceof RecoveryTarget.AtLsn lsn) {
            return new LsnRule(lsn.lsn(), facts.segmentSize());
        }
        if (target instanceof RecoveryTarget.Time time) {
            return new TimeRule(time.time(), facts.backups());
        }
        if (target instanceof RecoveryTarget.Xid xid) {
            return XidRule.of(xid.xid(), facts.backups());
        }
        if (target instanceof RecoveryTarget.Name) {
            return candidate -> byName(candidate, request);
        }
        return target instanceof RecoveryTarget.Immediate ? TargetRule::immediate : TargetRule::endOfWal;
    }

    private static Judgement immediate(Candidate candidate) {
        return new Judgement.Serves(Judgement.Certainty.SURE, candidate.backup().stopLsn(), List.of());
    }

    /** A recovery that ran into a hole would end there and open the cluster, as if nothing were missing. */
    private static Judgement endOfWal(Candidate candidate) {
        return candidate
                .reach()
                .hole()
                .<Judgement>map(hole -> new Judgement.Fails(Judgement.Cause.WAL, hole.why()))
                .orElseGet(() -> new Judgement.Serves(
                        Judgement.Certainty.SURE, candidate.reach().end(), List.of()));
    }

    /** PostgreSQL ends with an error if it meets the end of the WAL before the name, so a hole costs no data. */
    private static Judgement byName(Candidate candidate, RecoveryRequest request) {
        if (candidate.reach().hole().isPresent() && request.backup().isEmpty()) {
            return new Judgement.Fails(
                    Judgement.Cause.WAL,
                    candidate.reach().hole().get().why() + ", and nothing proves that the target lies before that"
                            + " (with `--backup` it is tried nevertheless)");
        }
        return new Judgement.Serves(
                Judgement.Certainty.SURE,
                candidate.reach().end(),
                List.of("Where the restore point lies is not known: if it was made before the backup's end or is not"
                        + " in the WAL, the recovery ends with an error; for an older one name an older backup with"
                        + " `--backup`."));
    }
}
