package org.pgpitr.postgres;

/** Fixed-width upper-case hexadecimal, as WAL file names use it. */
final class Hex {
    private Hex() {}

    static String upper8(long value) {
        char[] digits = new char[8];
        for (int i = 0; i < 8; i++) {
            digits[i] = Character.toUpperCase(Character.forDigit((int) (value >>> (28 - 4 * i)) & 0xF, 16));
        }
        return new String(digits);
    }

    /** Whether all of {@code text[from, to)} is {@code 0-9A-F}. */
    static boolean isUpper(String text, int from, int to) {
        if (to > text.length()) {
            return false;
        }
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'))) {
                return false;
            }
        }
        return true;
    }

    static long parse(String text, int from, int to) {
        return Long.parseLong(text, from, to, 16);
    }
}
