package org.pgpitr.cli.retention;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import org.pgpitr.cli.recovery.TargetTime;

/** When a pin ends, as a person gives it. */
public final class PinEnd {
    private PinEnd() {}

    /**
     * Reads a day, which is still included, or a moment.
     *
     * @param local the zone if none is named
     * @throws IllegalArgumentException with a sentence for people, for any other text
     */
    public static Instant parse(String text, ZoneId local) {
        if (!text.strip().matches("\\d{4}-\\d{2}-\\d{2}")) {
            return TargetTime.parse(text, local).time();
        }
        try {
            return LocalDate.parse(text.strip()).plusDays(1).atStartOfDay(local).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("there is no such day: \"" + text + "\"", e);
        }
    }
}
