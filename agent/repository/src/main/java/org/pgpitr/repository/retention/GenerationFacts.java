package org.pgpitr.repository.retention;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.postgres.BackupHistoryName;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.plan.RecoveryFacts;

/**
 * All that a retention plan rests on, of one generation of a cluster.
 *
 * @param generation its number, from 1
 * @param recovery backups, histories, and the names of the archived WAL
 * @param incomplete backups of which objects are missing, each with what is
 * @param times when that was archived
 * @param backupHistories the archived {@code .backup} files
 * @param pieces what there is of streams, by segment
 * @param pins the pins, those that have ended included
 * @param inUse backups that must not go now, each with who needs it and why
 * @param leftovers what backups without a manifest left
 * @param writer who takes a backup just now
 * @param companions what is there for the sake of WAL
 */
public record GenerationFacts(
        int generation,
        RecoveryFacts recovery,
        Map<BackupId, String> incomplete,
        ArchiveTimes times,
        List<BackupHistoryName> backupHistories,
        List<SegmentPieces> pieces,
        Map<BackupId, Pin> pins,
        Map<BackupId, String> inUse,
        List<Leftover> leftovers,
        Optional<String> writer,
        List<WalCompanion> companions) {
    public GenerationFacts {
        incomplete = Map.copyOf(incomplete);
        backupHistories = List.copyOf(backupHistories);
        pieces = List.copyOf(pieces);
        pins = Map.copyOf(pins);
        inUse = Map.copyOf(inUse);
        leftovers = List.copyOf(leftovers);
        companions = List.copyOf(companions);
    }

    /** The same facts, but that more backups are needed by somebody. */
    public GenerationFacts alsoInUse(Map<BackupId, String> more) {
        Map<BackupId, String> all = new HashMap<>(inUse);
        all.putAll(more);
        return new GenerationFacts(
                generation,
                recovery,
                incomplete,
                times,
                backupHistories,
                pieces,
                pins,
                all,
                leftovers,
                writer,
                companions);
    }
}
