package org.pgpitr.service.agent;

import java.time.Duration;
import java.util.Optional;

/** A trouble that lies with no single file, so that attempts become rare until one succeeds. Guarded by its {@link Archiver}. */
final class Outage {
    private final Pause pause = new Pause();
    private Trouble trouble;

    /** What it is, while it lasts. */
    Optional<Trouble> trouble() {
        return Optional.ofNullable(trouble);
    }

    boolean lasts() {
        return trouble != null;
    }

    /** Whether nothing is to be tried yet. */
    boolean rests() {
        return !pause.isOver();
    }

    /** Until something is to be tried again. */
    Duration left() {
        return pause.left();
    }

    /**
     * An attempt has failed.
     *
     * @return false of those that were under way beside one that has failed already
     */
    boolean failed(Trouble why) {
        boolean first = trouble == null || pause.isOver();
        if (first) {
            pause.failed();
        }
        trouble = why;
        return first;
    }

    /**
     * An attempt has succeeded.
     *
     * @return whether it ends by that
     */
    boolean end() {
        boolean lasted = lasts();
        trouble = null;
        pause.succeeded();
        return lasted;
    }
}
