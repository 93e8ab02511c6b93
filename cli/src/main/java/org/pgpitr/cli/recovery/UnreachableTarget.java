package org.pgpitr.cli.recovery;

import org.pgpitr.cli.output.JsonObject;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.plan.Unreachable;

/** A refusal with all that is known of it, for programs. */
public final class UnreachableTarget extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Unreachable refusal;
    private final PgpitrException error;

    UnreachableTarget(Unreachable refusal, PgpitrException error) {
        super(error.getMessage(), error);
        this.refusal = refusal;
        this.error = error;
    }

    /** For people. */
    public PgpitrException error() {
        return error;
    }

    /** For programs. */
    public JsonObject details() {
        return PlanJson.details(refusal);
    }
}
