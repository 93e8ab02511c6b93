package org.pgpitr.repository.backup;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import org.pgpitr.postgres.InvalidFormatException;

/**
 * A backup's identifier: the second it began, in UTC, such as {@code 20261121T004500Z}. Unique within a cluster's
 * generation, because a backup is taken under a lease; orders by time.
 *
 * @param value {@code yyyyMMddTHHmmssZ}
 */
public record BackupId(String value) implements Comparable<BackupId> {
    private static final DateTimeFormatter FORM =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    public BackupId {
        if (!value.matches("[0-9]{8}T[0-9]{6}Z") || !isMoment(value)) {
            throw new InvalidFormatException("not a backup's identifier, such as 20261121T004500Z: \"" + value + "\"");
        }
    }

    private static boolean isMoment(String value) {
        try {
            return FORM.format(FORM.parse(value, Instant::from)).equals(value);
        } catch (DateTimeException e) {
            return false;
        }
    }

    /** Of a backup that begins at {@code start}. */
    public static BackupId at(Instant start) {
        return new BackupId(FORM.format(start));
    }

    /**
     * Reads the text form.
     *
     * @throws InvalidFormatException for any other text
     */
    public static BackupId parse(String text) {
        return new BackupId(text);
    }

    /** As {@link #parse}, empty for any other text. */
    public static Optional<BackupId> tryParse(String text) {
        return text.matches("[0-9]{8}T[0-9]{6}Z") && isMoment(text)
                ? Optional.of(new BackupId(text))
                : Optional.empty();
    }

    /** When the backup began, to the second. */
    public Instant time() {
        return FORM.parse(value, Instant::from);
    }

    /** The identifier of the second after this one, for when this one is taken. */
    public BackupId next() {
        return at(time().plus(1, ChronoUnit.SECONDS));
    }

    @Override
    public int compareTo(BackupId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
