package org.pgpitr.service.stream;

import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Generation;

/** A repository has a newer generation than the one that is streamed into. Who begins anew streams into that one. */
final class NewGenerationException extends PgpitrException {
    private static final long serialVersionUID = 1L;

    NewGenerationException(Generation until, Generation from) {
        super(
                ExitCode.NO_REPOSITORY,
                "what is streamed went to generation " + until.number() + ", and there is " + from + " now",
                "the receiver goes on in that one");
    }
}
