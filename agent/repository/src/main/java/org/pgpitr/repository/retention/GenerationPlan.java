package org.pgpitr.repository.retention;

import java.util.List;
import org.pgpitr.postgres.BackupHistoryName;

/**
 * What goes and what stays of one generation. Its {@code cluster.json} and its histories always stay: both are tiny, the
 * generations are counted by the one, and PostgreSQL numbers new timelines by the others.
 *
 * @param generation its number
 * @param backups all of them, oldest first
 * @param wal all archived segments, by timeline, in order
 * @param backupHistories the {@code .backup} files that go, as their segments do
 * @param pieces the pieces of streams, by segment
 * @param leftovers backups without a manifest
 * @param companions what is there for the sake of WAL, by kind and timeline, in order
 * @param unknownObjects how many objects among the WAL are none of ours; they stay
 */
public record GenerationPlan(
        int generation,
        List<BackupVerdict> backups,
        List<WalVerdict> wal,
        List<BackupHistoryName> backupHistories,
        List<PiecesVerdict> pieces,
        List<LeftoverVerdict> leftovers,
        List<CompanionVerdict> companions,
        long unknownObjects) {
    public GenerationPlan {
        backups = List.copyOf(backups);
        wal = List.copyOf(wal);
        backupHistories = List.copyOf(backupHistories);
        pieces = List.copyOf(pieces);
        leftovers = List.copyOf(leftovers);
        companions = List.copyOf(companions);
    }
}
