package org.pgpitr.repository.find;

import java.time.Instant;
import java.util.Optional;
import org.pgpitr.postgres.Lsn;

/**
 * Which commits are looked at; all ends included, each may be left open.
 *
 * @param from commits from this time on
 * @param to commits up to this time
 * @param fromLsn commits whose record begins there or later
 * @param toLsn commits whose record begins there or before
 */
public record SearchRange(Optional<Instant> from, Optional<Instant> to, Optional<Lsn> fromLsn, Optional<Lsn> toLsn) {
    /** A stretch of time. */
    public static SearchRange time(Instant from, Instant to) {
        return new SearchRange(Optional.of(from), Optional.of(to), Optional.empty(), Optional.empty());
    }

    boolean contains(Lsn lsn, Instant time) {
        return from.filter(time::isBefore).isEmpty()
                && to.filter(time::isAfter).isEmpty()
                && fromLsn.filter(lsn::isBefore).isEmpty()
                && toLsn.filter(lsn::isAfter).isEmpty();
    }
}
