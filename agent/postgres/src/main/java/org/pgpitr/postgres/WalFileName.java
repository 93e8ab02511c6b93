package org.pgpitr.postgres;

import java.util.Optional;

/** The name of a file that PostgreSQL hands to {@code archive_command} ({@code xlog_internal.h}). */
public sealed interface WalFileName permits WalSegmentName, PartialSegmentName, TimelineHistoryName, BackupHistoryName {
    TimelineId timeline();

    /** The file's name, exactly as PostgreSQL writes it. */
    @Override
    String toString();

    /**
     * Reads a file name, without a directory.
     *
     * @throws InvalidFormatException if it is not one of the four kinds
     */
    static WalFileName parse(String name) {
        return tryParse(name)
                .orElseThrow(() -> new InvalidFormatException("not the name of a WAL segment, a partial segment, a "
                        + "timeline history or a backup history file: \"" + name + "\""));
    }

    /** Reads a file name, without a directory; empty if it is not one of the four kinds. */
    static Optional<WalFileName> tryParse(String name) {
        if (name.length() == 24) {
            return WalSegmentName.tryParse(name).map(n -> n);
        }
        if (name.endsWith(PartialSegmentName.SUFFIX)) {
            return PartialSegmentName.tryParse(name).map(n -> n);
        }
        if (name.endsWith(TimelineHistoryName.SUFFIX)) {
            return TimelineHistoryName.tryParse(name).map(n -> n);
        }
        return BackupHistoryName.tryParse(name).map(n -> n);
    }
}
