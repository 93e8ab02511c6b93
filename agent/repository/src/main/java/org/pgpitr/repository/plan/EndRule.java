package org.pgpitr.repository.plan;

import java.util.List;

/** A recovery that ran into a hole would end there and open the cluster, as if nothing were missing. */
record EndRule(ExactStop exact) implements TargetRule {
    @Override
    public Judgement judge(Candidate candidate) {
        Reach reach = candidate.reach();
        if (reach.hole().isPresent()) {
            return new Judgement.Fails(Judgement.Cause.WAL, reach.hole().get().why());
        }
        return exact.judge(
                candidate, List.of(), why -> new Judgement.Serves(Judgement.Certainty.SURE, reach.end(), List.of()));
    }
}
