package org.pgpitr.service.verify;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.backup.BackupId;

/**
 * What is to be verified.
 *
 * @param depth how deep
 * @param generation the only one; empty: all
 * @param backup the only one, with the WAL behind it; empty: all
 * @param since only backups that ended, and WAL that was archived, at that time or later; empty: all
 * @param walKept how far back the retention keeps WAL without a gap; empty: as far as there are backups
 * @param workers how much is verified at the same time
 * @param stateFolder where a run notes what is done, so that it can be continued; empty: it can't
 */
public record VerifyOptions(
        Depth depth,
        OptionalInt generation,
        Optional<BackupId> backup,
        Optional<Instant> since,
        Optional<Duration> walKept,
        int workers,
        Optional<Path> stateFolder) {
    /** Ends the scope of runs without a key. */
    static final String KEYLESS = "-keyless";

    public VerifyOptions {
        if (depth instanceof Depth.Sample && since.isPresent()) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "a sample can't be limited by time: its parts rotate over what is the same in each run",
                    "leave --since out, or use it with --full");
        }
    }

    /**
     * In a name of a file or an object: what is the same in all runs that share their progress. What a run without a key has
     * looked at, a run with one has yet to read.
     */
    String scope(Surveyed.Access access) {
        return backup.map(BackupId::value).orElse("all") + (access == Surveyed.Access.KEYLESS ? KEYLESS : "");
    }
}
