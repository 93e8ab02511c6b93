package org.pgpitr.postgres;

import java.util.Optional;

/**
 * The name of the file that {@code pg_backup_stop} has archived: {@code <segment>.<offset>.backup}.
 *
 * @param segment the segment that holds the backup's start
 * @param offset the start's position in that segment, in bytes
 */
public record BackupHistoryName(WalSegmentName segment, int offset) implements WalFileName {
    static final String SUFFIX = ".backup";

    /** Reads {@code <24 hexadecimal digits>.<8 hexadecimal digits>.backup}; empty for any other text. */
    public static Optional<BackupHistoryName> tryParse(String name) {
        if (name.length() != 24 + 1 + 8 + SUFFIX.length()
                || !name.endsWith(SUFFIX)
                || name.charAt(24) != '.'
                || !Hex.isUpper(name, 25, 33)) {
            return Optional.empty();
        }
        long offset = Hex.parse(name, 25, 33);
        if (offset >= 1 << 30) {
            return Optional.empty();
        }
        return WalSegmentName.tryParse(name.substring(0, 24)).map(s -> new BackupHistoryName(s, (int) offset));
    }

    @Override
    public TimelineId timeline() {
        return segment.timeline();
    }

    @Override
    public String toString() {
        return segment + "." + Hex.upper8(offset) + SUFFIX;
    }
}
