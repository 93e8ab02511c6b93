package org.pgpitr.repository.plan;

import java.util.List;
import java.util.stream.Collectors;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.RecoveryTarget;

/**
 * Why a target can't be reached.
 *
 * @param request what was wanted
 * @param reason one sentence without a full stop
 * @param reachable what can be reached, the nearest first; empty if nothing can
 * @param passedOver the backups, newest first, each with the reason why it does not serve
 */
public record Unreachable(
        RecoveryRequest request, String reason, List<ReachableRange> reachable, List<PassedOver> passedOver)
        implements RecoveryDecision {
    /** How many ranges an error message names. */
    private static final int HINTS = 3;

    public Unreachable {
        reachable = List.copyOf(reachable);
        passedOver = List.copyOf(passedOver);
    }

    /** TARGET_UNREACHABLE, with the reason as its message and the nearest reachable moments as its hint. */
    public PgpitrException exception() {
        return new PgpitrException(ExitCode.TARGET_UNREACHABLE, reason, hint());
    }

    /** Whether one place in the WAL is wanted that there may be on another timeline. */
    boolean isOfThisTarget() {
        return !(request.target() instanceof RecoveryTarget.EndOfWal)
                && !(request.target() instanceof RecoveryTarget.Immediate);
    }

    Unreachable because(String otherReason) {
        return new Unreachable(request, otherReason, reachable, passedOver);
    }

    private String hint() {
        if (reachable.isEmpty()) {
            return "nothing can be recovered here; take a backup with `pgpitr backup`";
        }
        return reachable.stream()
                .limit(HINTS)
                .map(ReachableRange::toString)
                .collect(Collectors.joining("; ", "reachable is ", ""));
    }

    @Override
    public RecoveryPlan orElseThrow() {
        throw exception();
    }
}
