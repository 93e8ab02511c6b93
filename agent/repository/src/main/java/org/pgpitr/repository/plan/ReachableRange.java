package org.pgpitr.repository.plan;

import java.time.Instant;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.repository.backup.BackupId;

/**
 * A stretch of moments that can be recovered, without a gap.
 *
 * @param timeline the one to follow ({@code --target-timeline})
 * @param backup whose end is the first of them
 * @param from the end of that backup
 * @param fromTime when that backup ended
 * @param to the first position that the archived WAL no longer reaches
 * @param ending what stands there
 * @param lastTarget the last position that surely can be asked for as {@code --target-lsn}
 */
public record ReachableRange(
        TimelineId timeline, BackupId backup, Lsn from, Instant fromTime, Lsn to, Ending ending, Lsn lastTarget) {
    /** Why a range ends. */
    public enum Ending {
        /** There is no later WAL in the archive. */
        END_OF_WAL,
        /** WAL is missing, and there is some behind the hole. */
        HOLE
    }

    /** In one phrase, with the options that lead to both ends. */
    @Override
    public String toString() {
        String end = ending == Ending.END_OF_WAL
                ? "the end of the archived WAL at " + to + " (`--target-latest --target-timeline " + timeline + "`)"
                : "the hole in the WAL at " + to + " (`--target-lsn " + lastTarget + " --target-timeline " + timeline
                        + "`)";
        return "timeline " + timeline + " from the end of backup " + backup + " at " + from + ", " + fromTime
                + " (`--target-immediate --backup " + backup + "`), to " + end;
    }
}
