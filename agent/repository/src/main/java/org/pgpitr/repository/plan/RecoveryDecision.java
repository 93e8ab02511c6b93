package org.pgpitr.repository.plan;

/** What the planner says to a request: a plan, or why there is none. */
public sealed interface RecoveryDecision permits RecoveryPlan, Unreachable {
    /**
     * The plan.
     *
     * @throws org.pgpitr.error.PgpitrException TARGET_UNREACHABLE, with the reason and the nearest reachable moments
     */
    RecoveryPlan orElseThrow();
}
