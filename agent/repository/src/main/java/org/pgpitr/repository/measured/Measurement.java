package org.pgpitr.repository.measured;

import java.time.Duration;
import java.time.Instant;

/**
 * How long something took.
 *
 * @param kind what it was
 * @param host where it was, by its name
 * @param finished when it ended
 * @param bytes how much it was: of a restore the files' bytes, of a replay whole segments
 * @param duration how long it took, more than zero
 */
public record Measurement(Kind kind, String host, Instant finished, long bytes, Duration duration) {
    /** What is measured. */
    public enum Kind {
        /** A backup's files were fetched and written. */
        RESTORE,
        /** A server replayed WAL, the fetching of it included. */
        REPLAY;

        /** As it stands in names and records. */
        String word() {
            return this == RESTORE ? "restore" : "replay";
        }
    }

    public Measurement {
        if (bytes <= 0 || duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(bytes + " bytes in " + duration);
        }
    }

    /** Bytes in a second. */
    public double speed() {
        return bytes / (duration.getSeconds() + duration.getNano() / 1e9);
    }
}
