package org.pgpitr.repository.retention;

import java.time.Instant;
import java.util.Optional;
import org.pgpitr.repository.backup.BackupId;

/**
 * Somebody's word that a backup stays, whatever the policy says.
 *
 * @param backup which
 * @param reason for people; one line, not empty
 * @param since when it was pinned
 * @param until the first moment at which the pin holds no more; empty: until it is taken off
 */
public record Pin(BackupId backup, String reason, Instant since, Optional<Instant> until) {
    /** The longest reason, in characters. */
    public static final int MAX_REASON = 1000;

    public Pin {
        if (reason.isBlank() || reason.length() > MAX_REASON || reason.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("the reason must be one line of at most " + MAX_REASON + " characters");
        }
    }

    public boolean holdsAt(Instant now) {
        return until.isEmpty() || now.isBefore(until.get());
    }
}
