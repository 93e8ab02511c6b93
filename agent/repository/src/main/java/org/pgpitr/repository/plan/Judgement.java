package org.pgpitr.repository.plan;

import java.util.List;
import java.util.Optional;
import org.pgpitr.postgres.Lsn;

/** Whether a target can be reached from one candidate. */
sealed interface Judgement {
    /**
     * It can.
     *
     * @param certainty whether anything speaks against it
     * @param walEnd up to where WAL may be read
     * @param stop where it ends, if that was looked up
     * @param notes for the user
     */
    record Serves(Certainty certainty, Lsn walEnd, Optional<RecoveryStop> stop, List<String> notes)
            implements Judgement {
        /** As names tell. */
        Serves(Certainty certainty, Lsn walEnd, List<String> notes) {
            this(certainty, walEnd, Optional.empty(), notes);
        }
    }

    /**
     * It can't.
     *
     * @param cause the kind of reason
     * @param reason in words, to stand after "because"
     */
    record Fails(Cause cause, String reason) implements Judgement {}

    enum Certainty {
        SURE,
        /** Another candidate is better, if there is one. */
        DOUBTFUL
    }

    /** In the order in which they tell the user most. */
    enum Cause {
        /** The WAL does not go so far. */
        WAL,
        /** The target lies before the backup's end. */
        TOO_EARLY,
        /** The backup itself is of no use, or leads elsewhere. */
        BACKUP
    }
}
