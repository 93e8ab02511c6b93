package org.pgpitr.service.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Spans of time in PostgreSQL's units: {@code ms}, {@code s}, {@code min}, {@code h}, {@code d}. */
public final class TimeSpan {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,9})\\s*(ms|s|min|h|d)");

    private TimeSpan() {}

    /**
     * Reads a whole number and a unit.
     *
     * @throws IllegalArgumentException for any other text, a number without a unit included
     */
    public static Duration parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a time such as 5min: \"" + text + "\"");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "min" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    /** In the greatest unit that keeps it whole; what {@link #parse} reads. */
    public static String print(Duration time) {
        long ms = time.toMillis();
        if (ms % 1000 != 0) {
            return ms + "ms";
        }
        long s = ms / 1000;
        if (s == 0 || s % 60 != 0) {
            return s + "s";
        }
        if (s % 3600 != 0) {
            return s / 60 + "min";
        }
        return s % 86400 != 0 ? s / 3600 + "h" : s / 86400 + "d";
    }
}
