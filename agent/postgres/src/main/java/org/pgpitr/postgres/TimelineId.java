package org.pgpitr.postgres;

/**
 * A timeline: counted from 1, one up at each promotion (PostgreSQL: {@code TimeLineID}, unsigned 32 bits).
 *
 * @param value 1 to 4294967295
 */
public record TimelineId(long value) implements Comparable<TimelineId> {
    public static final TimelineId FIRST = new TimelineId(1);

    public TimelineId {
        if (value < 1 || value > 0xFFFF_FFFFL) {
            throw new InvalidFormatException("not a timeline: " + value);
        }
    }

    /**
     * Reads the decimal form, as {@code recovery_target_timeline} takes it.
     *
     * @throws InvalidFormatException for anything but a whole number from 1 to 4294967295
     */
    public static TimelineId parse(String decimal) {
        if (!decimal.matches("[0-9]{1,10}")) {
            throw new InvalidFormatException("not a timeline: \"" + decimal + "\"");
        }
        return new TimelineId(Long.parseLong(decimal));
    }

    /** Eight upper-case hexadecimal digits, as in WAL file names. */
    public String hex() {
        return Hex.upper8(value);
    }

    @Override
    public int compareTo(TimelineId other) {
        return Long.compare(value, other.value);
    }

    /** The decimal form. */
    @Override
    public String toString() {
        return Long.toString(value);
    }
}
