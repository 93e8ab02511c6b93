package org.pgpitr.service.verify;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.postgres.PartialSegmentName;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.plan.DamagedWal;
import org.pgpitr.repository.plan.FoundDamage;

/** What findings cost a recovery. */
final class Damage {
    private Damage() {}

    /** WAL and backups that are of no use for them. */
    static FoundDamage of(Collection<Finding> findings) {
        Map<WalSegmentName, DamagedWal> wal = new LinkedHashMap<>();
        Map<BackupId, List<BackupFinding>> backups = new LinkedHashMap<>();
        for (Finding finding : findings) {
            if (finding instanceof WalFinding.Unusable unusable) {
                segment(unusable.file())
                        .ifPresent(segment ->
                                wal.put(segment, new DamagedWal(unusable.file(), unusable.object(), unusable.how())));
            } else if (finding instanceof BackupFinding damaged && damaged.costsBackup()) {
                backups.computeIfAbsent(damaged.backup(), any -> new ArrayList<>())
                        .add(damaged);
            }
        }
        Map<BackupId, String> reasons = new LinkedHashMap<>();
        backups.forEach((id, all) -> reasons.put(id, reason(all)));
        return new FoundDamage(wal, reasons);
    }

    private static Optional<WalSegmentName> segment(WalFileName file) {
        return file instanceof WalSegmentName segment
                ? Optional.of(segment)
                : file instanceof PartialSegmentName partial ? Optional.of(partial.segment()) : Optional.empty();
    }

    /** The first finding of each kind; an object, which could be put back, before what is lost with it. */
    private static String reason(List<BackupFinding> findings) {
        Map<String, BackupFinding> first = new LinkedHashMap<>();
        findings.stream()
                .sorted(Comparator.comparing(finding -> !finding.details().containsKey("object")))
                .forEach(finding -> first.putIfAbsent(finding.kind(), finding));
        return String.join("; ", first.values().stream().map(Finding::message).toList());
    }
}
