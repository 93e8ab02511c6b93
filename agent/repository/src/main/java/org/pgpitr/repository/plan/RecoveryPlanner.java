package org.pgpitr.repository.plan;

/** Picks the newest backup from which a target is reachable. A pure function of its arguments. */
public final class RecoveryPlanner {
    private RecoveryPlanner() {}

    /** A plan, or why there is none. */
    public static RecoveryDecision decide(RecoveryFacts facts, RecoveryRequest request) {
        throw new UnsupportedOperationException();
    }

    /**
     * A plan.
     *
     * @throws org.pgpitr.error.PgpitrException TARGET_UNREACHABLE, with the reason and the nearest reachable moments
     */
    public static RecoveryPlan plan(RecoveryFacts facts, RecoveryRequest request) {
        return decide(facts, request).orElseThrow();
    }
}
