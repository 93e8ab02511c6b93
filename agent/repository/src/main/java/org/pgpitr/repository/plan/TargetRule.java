package org.pgpitr.repository.plan;

import java.util.List;
import org.pgpitr.postgres.RecoveryTarget;

/** What one kind of target asks of a backup, its path and its WAL. */
interface TargetRule {
    /** The backup fits its path, and its own WAL is whole. */
    Judgement judge(Candidate candidate);

    static TargetRule of(RecoveryFacts facts, RecoveryRequest request, RestorePointSearch search) {
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
        if (target instanceof RecoveryTarget.Name name) {
            return new NameRule(
                    name.restorePoint(),
                    facts.segmentSize(),
                    search,
                    request.backup().isPresent());
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
}
