package org.pgpitr.postgres;

import java.time.Instant;

/**
 * A named point in the WAL ({@code pg_create_restore_point}; {@code xl_restore_point} in {@code xlog_internal.h}).
 *
 * @param name up to 63 bytes
 * @param lsn the end of its record
 * @param time when it was made
 */
public record RestorePoint(String name, Lsn lsn, Instant time) {
    /** {@code MAXFNAMELEN - 1}. */
    public static final int MAX_NAME_LENGTH = 63;
}
