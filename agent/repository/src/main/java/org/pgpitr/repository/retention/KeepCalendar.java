package org.pgpitr.repository.retention;

import java.time.ZoneId;

/**
 * Grandfather, father, son: the last backup of each of so many days, weeks, months and years. Counted are days that have
 * a backup, so nothing goes merely because no backup was taken for a while.
 *
 * @param daily how many days; 0 for none, as with the others
 * @param weekly how many weeks; they begin on Monday (ISO 8601)
 * @param monthly how many months
 * @param yearly how many years
 * @param zone in which days begin
 */
public record KeepCalendar(int daily, int weekly, int monthly, int yearly, ZoneId zone) {
    public KeepCalendar {
        if (daily < 0 || weekly < 0 || monthly < 0 || yearly < 0) {
            throw new IllegalArgumentException("a negative number of days, weeks, months or years");
        }
    }

    /** Whether it keeps nothing. */
    public boolean isEmpty() {
        return daily + weekly + monthly + yearly == 0;
    }
}
