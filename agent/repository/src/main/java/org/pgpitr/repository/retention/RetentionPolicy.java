package org.pgpitr.repository.retention;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What shall stay. A backup stays if any of the rules keeps it.
 *
 * @param count so many of the newest backups
 * @param age backups that ended within this time
 * @param window any moment within this time can be recovered: the backups that ended in it, the newest one before it, and
 *     all WAL from that one on
 * @param calendar the last backups of days, weeks, months, years
 * @param wal how far back WAL stays without a gap; backups from before keep only the WAL that makes them consistent, and
 *     WAL archived within this time stays even if no backup needs it. Empty: all WAL from the oldest kept backup on.
 */
public record RetentionPolicy(
        OptionalInt count,
        Optional<Duration> age,
        Optional<Duration> window,
        KeepCalendar calendar,
        Optional<Duration> wal) {
    /** Whether any rule speaks of backups; without one nothing may be deleted. */
    public boolean keepsBackups() {
        return count.isPresent() || age.isPresent() || window.isPresent() || !calendar.isEmpty();
    }
}
