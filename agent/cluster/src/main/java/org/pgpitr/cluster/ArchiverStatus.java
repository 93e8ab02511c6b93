package org.pgpitr.cluster;

import java.time.Instant;
import java.util.Optional;

/**
 * What the server's archiver has done since its statistics were reset ({@code pg_stat_archiver}).
 *
 * @param archived how many files were archived
 * @param lastArchived the last of them; empty if there is none
 * @param failed how many attempts failed
 * @param lastFailed the last of them; empty if there is none
 */
public record ArchiverStatus(long archived, Optional<Attempt> lastArchived, long failed, Optional<Attempt> lastFailed) {
    /**
     * One attempt.
     *
     * @param walFile the file's name
     * @param time when, by the server's clock
     */
    public record Attempt(String walFile, Instant time) {}

    /** The last failure if nothing was archived since. */
    public Optional<Attempt> standingFailure() {
        return lastFailed.filter(failure -> lastArchived.isEmpty()
                || failure.time().isAfter(lastArchived.get().time()));
    }
}
