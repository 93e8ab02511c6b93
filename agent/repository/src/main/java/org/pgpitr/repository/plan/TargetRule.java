package org.pgpitr.repository.plan;

import org.pgpitr.postgres.RecoveryTarget;

/** What one kind of target asks of a backup, its path and its WAL. */
interface TargetRule {
    /** The backup fits its path, and its own WAL is whole. */
    Judgement judge(Candidate candidate);

    static TargetRule of(RecoveryFacts facts, RecoveryRequest request, StopSearch search) {
        RecoveryTarget target = request.target();
        ExactStop exact = new ExactStop(target, facts.segmentSize(), search);
        if (target instanceof RecoveryTarget.AtLsn lsn) {
            return new LsnRule(lsn.lsn(), facts.segmentSize(), exact);
        }
        if (target instanceof RecoveryTarget.Time time) {
            return new TimeRule(time.time(), facts.backups(), exact);
        }
        if (target instanceof RecoveryTarget.Xid xid) {
            return XidRule.of(xid.xid(), facts.backups(), exact);
        }
        if (target instanceof RecoveryTarget.Name) {
            return new NameRule(exact, request.backup().isPresent());
        }
        return target instanceof RecoveryTarget.Immediate ? new ImmediateRule(exact) : new EndRule(exact);
    }
}
