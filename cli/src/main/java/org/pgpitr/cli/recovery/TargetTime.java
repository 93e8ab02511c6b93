package org.pgpitr.cli.recovery;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A time as a person gives it.
 *
 * @param time what is meant
 * @param zone the one that was named, or assumed
 * @param naming whether the zone was named
 */
public record TargetTime(Instant time, ZoneId zone, Naming naming) {
    /** Where the zone comes from. */
    public enum Naming {
        NAMED,
        ASSUMED
    }

    private static final Pattern FORM =
            Pattern.compile("(\\d{4}-\\d{2}-\\d{2})[T ]+(\\d{2}:\\d{2})(:\\d{2})?(\\.\\d{1,6})?\\s*(\\S.*)?");
    private static final Pattern OFFSET = Pattern.compile("([+-])(\\d{2})(?::?(\\d{2}))?(?::?(\\d{2}))?");
    private static final DateTimeFormatter MINUTES =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withResolverStyle(ResolverStyle.STRICT);

    /**
     * Reads ISO 8601 ({@code 2026-11-20T14:05:00Z}) and PostgreSQL's form ({@code 2026-11-20 14:05:00+01}); the zone
     * may be an offset or a region ({@code Europe/Berlin}), seconds may be left out.
     *
     * @param local the zone that is assumed if none is named
     * @throws IllegalArgumentException with a sentence for people, for any other text, and for a local time that there
     *     was not, or twice, when clocks were changed
     */
    public static TargetTime parse(String text, ZoneId local) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "not a time such as '2026-11-20 14:05:00+01' or 2026-11-20T14:05:00Z: \"" + text + "\"");
        }
        String zoneName = form.group(5);
        ZoneId zone = zoneName == null ? local : zone(zoneName);
        return new TargetTime(moment(form, zone, text), zone, zoneName == null ? Naming.ASSUMED : Naming.NAMED);
    }

    private static Instant moment(Matcher form, ZoneId zone, String text) {
        String seconds = form.group(3) == null ? ":00" : form.group(3);
        LocalDateTime time;
        try {
            time = LocalDateTime.parse(form.group(1) + " " + form.group(2) + seconds, MINUTES);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("there is no such time: \"" + text + "\"", e);
        }
        if (form.group(4) != null) {
            time = time.withNano(Integer.parseInt((form.group(4).substring(1) + "00000000").substring(0, 9)));
        }
        List<ZoneOffset> offsets = zone.getRules().getValidOffsets(time);
        if (offsets.size() != 1) {
            throw new IllegalArgumentException(
                    offsets.isEmpty()
                            ? "there was no " + time + " in " + zone + ": clocks were put forward; give an offset"
                            : "there was " + time + " twice in " + zone + ": clocks were put back; give the offset, "
                                    + offsets.get(0) + " or " + offsets.get(1));
        }
        return time.toInstant(offsets.get(0));
    }

    private static ZoneId zone(String name) {
        Matcher offset = OFFSET.matcher(name);
        try {
            if (offset.matches()) {
                return ZoneOffset.of(offset.group(1) + offset.group(2) + ":" + orZero(offset.group(3)) + ":"
                        + orZero(offset.group(4)));
            }
            return name.equalsIgnoreCase("z") ? ZoneOffset.UTC : ZoneId.of(name);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "not a time zone: \"" + name + "\"; give an offset such as +01, or a region such as Europe/Berlin",
                    e);
        }
    }

    private static String orZero(String digits) {
        return digits == null ? "00" : digits;
    }
}
