package org.pgpitr.postgres;

/**
 * A log sequence number: a byte position in the WAL, unsigned, printed {@code X/X} (PostgreSQL: {@code XLogRecPtr},
 * {@code pg_lsn}).
 *
 * @param value the position in bytes, to be read as unsigned
 */
public record Lsn(long value) implements Comparable<Lsn> {
    /** {@code 0/0}, which PostgreSQL never uses for a record ({@code InvalidXLogRecPtr}). */
    public static final Lsn ZERO = new Lsn(0);

    /**
     * Reads {@code X/X}: one to eight hexadecimal digits on each side, in either case, nothing else.
     *
     * @throws InvalidFormatException for any other text
     */
    public static Lsn parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw invalid(text);
        }
        long high = half(text, 0, slash);
        long low = half(text, slash + 1, text.length());
        return new Lsn(high << 32 | low);
    }

    private static long half(String text, int from, int to) {
        if (to - from < 1 || to - from > 8) {
            throw invalid(text);
        }
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) {
                throw invalid(text);
            }
        }
        return Long.parseLong(text, from, to, 16);
    }

    private static InvalidFormatException invalid(String text) {
        return new InvalidFormatException("not an LSN of the form X/X in hexadecimal: \"" + text + "\"");
    }

    /** The position {@code bytes} later; negative goes back. */
    public Lsn plus(long bytes) {
        return new Lsn(value + bytes);
    }

    /** How many bytes this position lies behind {@code earlier}; negative if it lies before it. */
    public long minus(Lsn earlier) {
        return value - earlier.value;
    }

    public boolean isBefore(Lsn other) {
        return compareTo(other) < 0;
    }

    public boolean isAfter(Lsn other) {
        return compareTo(other) > 0;
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toHexString(value >>> 32).toUpperCase(java.util.Locale.ROOT)
                + "/"
                + Long.toHexString(value & 0xFFFF_FFFFL).toUpperCase(java.util.Locale.ROOT);
    }
}
