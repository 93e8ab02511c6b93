package org.pgpitr.repository.plan;

import java.util.List;
import org.pgpitr.postgres.Lsn;

/** PostgreSQL stops where the backup is whole. */
record ImmediateRule(ExactStop exact) implements TargetRule {
    @Override
    public Judgement judge(Candidate candidate) {
        Lsn stop = candidate.backup().stopLsn();
        return new Judgement.Serves(
                Judgement.Certainty.SURE,
                stop,
                exact.lookUp(candidate, candidate.reach().end()),
                List.of());
    }
}
