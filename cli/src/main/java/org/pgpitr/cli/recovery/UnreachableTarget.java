package org.pgpitr.cli.recovery;

import java.util.Optional;
import org.pgpitr.cli.output.JsonObject;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.plan.Unreachable;
import org.pgpitr.service.verify.ContentRead;

/** A refusal with all that is known of it, for programs. */
public final class UnreachableTarget extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Unreachable refusal;
    private final transient Optional<ContentRead> content;
    private final PgpitrException error;

    /** @param content what was read before it was refused; empty if nothing was asked for */
    UnreachableTarget(Unreachable refusal, Optional<ContentRead> content, PgpitrException error) {
        super(error.getMessage(), error);
        this.refusal = refusal;
        this.content = content;
        this.error = error;
    }

    /** For people. */
    public PgpitrException error() {
        return error;
    }

    /** For programs. */
    public JsonObject details() {
        return PlanJson.details(refusal, content);
    }
}
