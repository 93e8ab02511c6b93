package org.pgpitr.storage.s3;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import software.amazon.awssdk.utils.DateUtils;

/** Times as S3 writes them, {@code 2026-11-28T00:00:00.000Z}: a listing has one an object, and the JDK's parser is slow. */
final class ListedTime {
    private static final String FORM = "dddd-dd-ddTdd:dd:dd.dddZ";

    private ListedTime() {}

    /** @throws DateTimeException if it is none */
    static Instant parse(String time) {
        if (!hasForm(time)) {
            return DateUtils.parseIso8601Date(time);
        }
        int hour = number(time, 11, 13);
        int minute = number(time, 14, 16);
        int second = number(time, 17, 19);
        if (hour > 23 || minute > 59 || second > 59) {
            return DateUtils.parseIso8601Date(time);
        }
        long day = LocalDate.of(number(time, 0, 4), number(time, 5, 7), number(time, 8, 10))
                .toEpochDay();
        return Instant.ofEpochSecond(
                day * 86_400 + hour * 3600L + minute * 60L + second, number(time, 20, 23) * 1_000_000L);
    }

    private static boolean hasForm(String time) {
        if (time.length() != FORM.length()) {
            return false;
        }
        for (int i = 0; i < FORM.length(); i++) {
            char c = time.charAt(i);
            char wanted = FORM.charAt(i);
            if (wanted == 'd' ? c < '0' || c > '9' : c != wanted) {
                return false;
            }
        }
        return true;
    }

    private static int number(String time, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            number = number * 10 + time.charAt(i) - '0';
        }
        return number;
    }
}
