package org.pgpitr.postgres.wal;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** {@code TimestampTz}: microseconds since 2000-01-01 00:00 UTC ({@code src/include/datatype/timestamp.h}). */
final class Timestamps {
    private static final long EPOCH_SECONDS = 946_684_800L;
    private static final Instant EPOCH = Instant.ofEpochSecond(EPOCH_SECONDS);

    private Timestamps() {}

    static Instant instant(long timestampTz) {
        return Instant.ofEpochSecond(
                EPOCH_SECONDS + Math.floorDiv(timestampTz, 1_000_000L), Math.floorMod(timestampTz, 1_000_000L) * 1000L);
    }

    static long timestampTz(Instant time) {
        return ChronoUnit.MICROS.between(EPOCH, time);
    }
}
