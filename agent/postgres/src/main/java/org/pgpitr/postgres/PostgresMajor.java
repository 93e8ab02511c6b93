package org.pgpitr.postgres;

/**
 * A major version of PostgreSQL, such as 17.
 *
 * @param value the number before the first dot of the version; 13 is the oldest that pgpitr supports
 */
public record PostgresMajor(int value) implements Comparable<PostgresMajor> {
    public static final PostgresMajor OLDEST = new PostgresMajor(13);
    /** The newest major whose formats are known here. A newer one is archived and backed up without format checks. */
    public static final PostgresMajor NEWEST_KNOWN = new PostgresMajor(18);

    public PostgresMajor {
        if (value < 1 || value > 9999) {
            throw new InvalidFormatException("not a PostgreSQL major version: " + value);
        }
    }

    /** From {@code server_version_num}, such as 170004. */
    public static PostgresMajor ofVersionNumber(int serverVersionNum) {
        return new PostgresMajor(serverVersionNum / 10_000);
    }

    public boolean isAtLeast(int major) {
        return value >= major;
    }

    /** Whether this major's formats are known here. */
    public boolean isKnown() {
        return compareTo(OLDEST) >= 0 && compareTo(NEWEST_KNOWN) <= 0;
    }

    @Override
    public int compareTo(PostgresMajor other) {
        return Integer.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Integer.toString(value);
    }
}
