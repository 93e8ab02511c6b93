package org.pgpitr.repository.plan;

import java.util.List;

/** PostgreSQL stops where the backup is whole; it ends with an error where the WAL breaks before that. */
record ImmediateRule(ExactStop exact) implements TargetRule {
    @Override
    public Judgement judge(Candidate candidate) {
        return exact.judge(
                candidate,
                List.of(),
                why -> new Judgement.Serves(
                        Judgement.Certainty.SURE, candidate.backup().stopLsn(), List.of()));
    }
}
