package org.pgpitr.postgres;

/**
 * The number {@code initdb} gives a cluster, the same on all its standbys and in each of its WAL segments
 * ({@code system_identifier} in {@code pg_control}; unsigned 64 bits, printed in decimal).
 *
 * @param value to be read as unsigned
 */
public record SystemIdentifier(long value) {
    /**
     * Reads the decimal form.
     *
     * @throws InvalidFormatException for anything but a decimal number of 64 bits
     */
    public static SystemIdentifier parse(String decimal) {
        if (!decimal.matches("[0-9]{1,20}")) {
            throw new InvalidFormatException("not a system identifier: \"" + decimal + "\"");
        }
        try {
            return new SystemIdentifier(Long.parseUnsignedLong(decimal));
        } catch (NumberFormatException e) {
            throw new InvalidFormatException("not a system identifier: \"" + decimal + "\"", e);
        }
    }

    @Override
    public String toString() {
        return Long.toUnsignedString(value);
    }
}
