package org.pgpitr.repository.retention;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.plan.BackupWays;

/**
 * A backup whose manifest can be read.
 *
 * @param generation whose it is
 * @param backup its totals
 * @param onto the timelines it leads onto
 * @param recoverableOn those along which its WAL is there; empty: it is of no use
 * @param defect why it is of no use
 */
record KnownBackup(
        GenerationFacts generation,
        BackupSummary backup,
        List<TimelineId> onto,
        List<TimelineId> recoverableOn,
        Optional<String> defect) {
    static final Comparator<KnownBackup> OLDEST_FIRST = Comparator.comparing(
                    (KnownBackup b) -> b.backup().stopped())
            .thenComparing(b -> b.backup().id());

    static KnownBackup of(GenerationFacts generation, BackupWays ways, BackupSummary backup) {
        Optional<String> missing = Optional.ofNullable(generation.incomplete().get(backup.id()));
        return new KnownBackup(
                generation,
                backup,
                ways.from(backup),
                missing.isPresent() ? List.of() : ways.consistentOn(backup),
                missing.or(() -> ways.defect(backup)));
    }

    BackupId id() {
        return backup.id();
    }

    boolean isRecoverable() {
        return !recoverableOn.isEmpty();
    }

    /** The facts are the same object everywhere and too many to be compared. */
    @Override
    public boolean equals(Object other) {
        return other instanceof KnownBackup o
                && generation.generation() == o.generation.generation()
                && id().equals(o.id());
    }

    @Override
    public int hashCode() {
        return id().hashCode();
    }
}
