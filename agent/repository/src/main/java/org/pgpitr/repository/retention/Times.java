package org.pgpitr.repository.retention;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Moments and spans in reasons. */
final class Times {
    private static final DateTimeFormatter MOMENT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Times() {}

    static String moment(Instant moment) {
        return MOMENT.format(moment);
    }

    /** {@code 14d}, {@code 36h}, {@code 90min}, {@code 15s}. */
    static String span(Duration span) {
        long s = span.toSeconds();
        if (s % 86_400 == 0) {
            return s / 86_400 + "d";
        }
        if (s % 3600 == 0) {
            return s / 3600 + "h";
        }
        return s % 60 == 0 ? s / 60 + "min" : s + "s";
    }
}
