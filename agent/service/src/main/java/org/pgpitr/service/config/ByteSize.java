package org.pgpitr.service.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes in PostgreSQL's units: {@code B}, {@code kB}, {@code MB}, {@code GB}, {@code TB}, each 1024 of the
 * one before.
 *
 * @param bytes 0 or more
 */
public record ByteSize(long bytes) implements Comparable<ByteSize> {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,18})\\s*(B|kB|MB|GB|TB)");
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};

    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("not a size: " + bytes);
        }
    }

    /**
     * Reads a whole number and a unit.
     *
     * @throws IllegalArgumentException for any other text, a number without a unit included
     */
    public static ByteSize parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a size such as 64MB: \"" + text + "\"");
        }
        long factor = 1;
        for (int i = 0; !UNITS[i].equals(matcher.group(2)); i++) {
            factor *= 1024;
        }
        try {
            return new ByteSize(Math.multiplyExact(Long.parseLong(matcher.group(1)), factor));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("not a size below 8 EB: \"" + text + "\"", e);
        }
    }

    @Override
    public int compareTo(ByteSize other) {
        return Long.compare(bytes, other.bytes);
    }

    /** In the greatest unit that keeps it whole; what {@link #parse} reads. */
    @Override
    public String toString() {
        long value = bytes;
        int unit = 0;
        while (unit < UNITS.length - 1 && value != 0 && value % 1024 == 0) {
            value /= 1024;
            unit++;
        }
        return value + UNITS[unit];
    }
}
