package org.pgpitr.repository.plan;

import java.util.List;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.WalSegmentSize;

/**
 * PostgreSQL stops behind (inclusive) or before (exclusive) the first record that begins at the target or later
 * ({@code recoveryStopsAfter()}, {@code recoveryStopsBefore()}). Either way it must have read that record, so the
 * byte at the target must be archived; and the record that ends the backup begins before its stop position, so a target
 * at that very position is late enough, either way.
 */
record LsnRule(Lsn lsn, WalSegmentSize size, ExactStop exact) implements TargetRule {
    @Override
    public Judgement judge(Candidate candidate) {
        Lsn stop = candidate.backup().stopLsn();
        if (lsn.isBefore(stop)) {
            return new Judgement.Fails(Judgement.Cause.TOO_EARLY, "it ends at " + stop + ", after the target");
        }
        Reach reach = candidate.reach();
        if (!reach.end().isAfter(lsn)) {
            return new Judgement.Fails(
                    Judgement.Cause.WAL,
                    reach.hole().map(Reach.Hole::why).orElse("the archived WAL ends at " + reach.end()));
        }
        return exact.judge(candidate, List.of(), why -> byNames(reach));
    }

    private Judgement byNames(Reach reach) {
        boolean lastSegment = size.segmentNumber(lsn) == size.segmentNumberBefore(reach.end());
        return new Judgement.Serves(
                Judgement.Certainty.SURE,
                lsn.plus(1),
                lastSegment
                        ? List.of("The target lies in the last archived segment before the WAL ends: if no record"
                                + " begins there or later, the recovery ends with an error.")
                        : List.of());
    }
}
