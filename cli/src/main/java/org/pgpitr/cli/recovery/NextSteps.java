package org.pgpitr.cli.recovery;

import java.util.ArrayList;
import java.util.List;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.service.restore.RestoreOptions;
import org.pgpitr.service.restore.RestoreOptions.TargetAction;
import org.pgpitr.service.restore.RestoreResult;

/** What to do after a restore, in the order in which it is done. */
public final class NextSteps {
    private NextSteps() {}

    /**
     * Lines for people.
     *
     * @param target the target in one phrase
     * @param variables that the server needs as well
     */
    public static List<String> lines(Planned planned, RestoreResult result, String target, List<String> variables) {
        BackupSummary backup = planned.plan().backup();
        List<String> lines = new ArrayList<>();
        lines.add("Start it with PostgreSQL " + backup.major() + ", as the user that owns the files; beside a server"
                + " that still runs, on another port (on Debian and Ubuntu as docs/recovery.md has it):");
        lines.add("  pg_ctl -D " + Shell.quote(result.into().toString()) + " -o '-p 5433' start");
        if (!variables.isEmpty()) {
            lines.add("The server's environment needs what yours has: " + String.join(", ", variables));
        }
        if (planned.generation().identity().encryption() != Encryption.NONE) {
            lines.add("The repository is encrypted: the server's user must be able to read the configuration and the"
                    + " identity file, and a passphrase must stand in the file that identity_passphrase_file names");
        }
        lines.addAll(recovery(planned, target));
        return lines;
    }

    private static List<String> recovery(Planned planned, String target) {
        if (planned.options().mode() == RestoreOptions.Mode.STANDBY) {
            return List.of(
                    "It replays the archived WAL and goes on as a standby. To see how far it is:",
                    "  select pg_is_in_recovery(), pg_last_wal_replay_lsn(), pg_last_xact_replay_timestamp();",
                    "To make it a primary:",
                    "  select pg_promote();");
        }
        if (planned.plan().target() instanceof RecoveryTarget.EndOfWal) {
            return List.of(
                    "It replays all archived WAL and then opens for writing, on a new timeline. To see whether it has:",
                    "  select pg_is_in_recovery();     -- f: it is open");
        }
        TargetAction action = planned.options().targetAction().orElse(TargetAction.PAUSE);
        return switch (action) {
            case PAUSE ->
                List.of(
                        "It replays WAL up to " + target + " and pauses there, so that you can look:",
                        "  select pg_is_in_recovery(), pg_last_wal_replay_lsn(), pg_last_xact_replay_timestamp();",
                        "If it is right, open it for writing, on a new timeline:",
                        "  select pg_wal_replay_resume();",
                        "If it is not, stop it, remove the directory, and restore again with another target.");
            case PROMOTE ->
                List.of(
                        "It replays WAL up to " + target
                                + " and then opens for writing, on a new timeline. To see whether" + " it has:",
                        "  select pg_is_in_recovery();     -- f: it is open");
            case SHUTDOWN ->
                List.of("It replays WAL up to " + target
                        + " and stops. Before you start it again, remove recovery.signal to"
                        + " open it for writing, or set another target.");
        };
    }
}
