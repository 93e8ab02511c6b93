package org.pgpitr.service.verify;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.error.ExitCode;
import org.pgpitr.postgres.PartialSegmentName;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.plan.DamagedWal;
import org.pgpitr.repository.window.FoundDamage;

/** What a verification found, generation by generation. */
public record VerifyReport(Depth depth, List<GenerationReport> generations) {
    public VerifyReport {
        generations = List.copyOf(generations);
    }

    /** CORRUPT if anything is damaged; else TARGET_UNREACHABLE if there is a hole; else NO_KEY if a key was missing. */
    public ExitCode exitCode() {
        return generations.stream()
                .flatMap(generation -> generation.gravest().stream())
                .min(Comparator.naturalOrder())
                .map(Severity::exitCode)
                .orElse(ExitCode.OK);
    }

    /** How many findings of a severity there are. */
    public long count(Severity severity) {
        return generations.stream()
                .mapToLong(generation -> generation.counts().getOrDefault(severity, 0L))
                .sum();
    }

    /** What of a generation can't be used in a recovery; of each kind of damage a thousand at most. */
    public FoundDamage damage(int generation) {
        Map<WalSegmentName, DamagedWal> wal = new LinkedHashMap<>();
        Map<BackupId, String> backups = new LinkedHashMap<>();
        for (GenerationReport report : generations) {
            if (report.generation() == generation) {
                report.findings().forEach(finding -> {
                    if (finding instanceof WalFinding.Unusable unusable) {
                        segment(unusable.file())
                                .ifPresent(segment -> wal.put(
                                        segment, new DamagedWal(unusable.file(), unusable.object(), unusable.how())));
                    } else if (finding instanceof BackupFinding damaged && damaged.costsBackup()) {
                        backups.putIfAbsent(damaged.backup(), finding.message());
                    }
                });
            }
        }
        return new FoundDamage(wal, backups);
    }

    private static Optional<WalSegmentName> segment(WalFileName file) {
        return file instanceof WalSegmentName segment
                ? Optional.of(segment)
                : file instanceof PartialSegmentName partial ? Optional.of(partial.segment()) : Optional.empty();
    }
}
