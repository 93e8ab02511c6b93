package org.pgpitr.service.verify;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.backup.DamagedPage;
import org.pgpitr.repository.backup.LaneInventory;
import org.pgpitr.repository.backup.LanePosition;
import org.pgpitr.repository.backup.LaneTotals;
import org.pgpitr.repository.backup.ManifestEntry;
import org.pgpitr.repository.backup.ManifestReader;
import org.pgpitr.service.restore.EntryName;
import org.pgpitr.storage.ObjectKey;

/**
 * Holds a backup's manifest, read to its end, against the objects that a listing shows: all there, with all their
 * bytes. A lane whose bytes don't add up is read, so that the object can be named.
 */
final class ManifestSurvey {
    private static final String CONTROL_FILE = "global/pg_control";
    private static final String BACKUP_LABEL = "backup_label";

    private final Generation generation;
    private final BackupId id;
    private final Findings findings;
    private final Tally tally;
    private LaneInventory inventory;

    ManifestSurvey(Generation generation, BackupId id, Findings findings, Tally tally) {
        this.generation = generation;
        this.id = id;
        this.findings = findings;
        this.tally = tally;
    }

    /** The backup; empty if its manifest is damaged, or if it was deleted meanwhile. */
    Optional<SurveyedBackup> run() {
        try (ManifestReader manifest = ManifestReader.open(generation, id)) {
            BackupSummary summary = manifest.summary();
            if (!summary.systemIdentifier().equals(generation.identity().systemIdentifier())) {
                findings.add(new BackupFinding.OfAnotherCluster(
                        id, summary.systemIdentifier(), generation.identity().systemIdentifier()));
            }
            inventory = LaneInventory.begin(generation, id).complete(manifest.lanes());
            entries(manifest);
            manifest.lanes().forEach(this::lane);
            surplus(manifest.lanes());
            knownPages(summary);
            tally.backups.increment();
            return Optional.of(new SurveyedBackup(summary, manifest.lanes()));
        } catch (PgpitrException e) {
            if (e.exitCode() == ExitCode.CORRUPT) {
                findings.add(new BackupFinding.ManifestDamaged(
                        id, generation.layout().manifest(id.value()), "backup " + id + ": " + e.getMessage()));
            } else if (e.exitCode() == ExitCode.NO_KEY) {
                findings.add(new RepositoryFinding.NotDecrypted("backup " + id, e.getMessage()));
            } else if (e.exitCode() != ExitCode.USAGE) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private void entries(ManifestReader manifest) {
        boolean control = false;
        boolean label = false;
        Optional<ManifestEntry> next = manifest.next();
        while (next.isPresent()) {
            ManifestEntry entry = next.get();
            control |= entry.path().equals(CONTROL_FILE);
            label |= entry.path().equals(BACKUP_LABEL);
            if (!EntryName.isRestorable(entry)) {
                damaged(entry.path(), "has a name that can't be in a data directory");
            }
            position(entry, manifest.lanes());
            next = manifest.next();
        }
        if (!control) {
            damaged(CONTROL_FILE, "is not in its manifest, and without it no server starts");
        }
        if (!label) {
            damaged(BACKUP_LABEL, "is not in its manifest, and without it no recovery begins where the backup did");
        }
    }

    private void damaged(String path, String how) {
        findings.add(new BackupFinding.FileDamaged(id, path, how));
    }

    /** An entry must begin within its object; that alone shows most objects that were cut off. */
    private void position(ManifestEntry entry, List<LaneTotals> lanes) {
        LanePosition at = entry.position().orElseThrow();
        if (at.sequence() >= lanes.get(at.lane()).objects()) {
            damaged(entry.path(), "begins in an object that its lane does not have");
            return;
        }
        long length = inventory.length(at.lane(), at.sequence());
        if (length >= 0 && length <= at.frameOffset()) {
            ObjectKey key = generation.layout().data(id.value(), at.lane(), at.sequence());
            findings.add(new BackupFinding.ObjectDamaged(
                    id,
                    key,
                    "object " + key + " of backup " + id + " is cut off: it has " + length + " bytes, and \""
                            + entry.path() + "\" begins at " + at.frameOffset()));
        }
    }

    private void lane(LaneTotals lane) {
        List<ObjectKey> missing = inventory.missing(lane);
        missing.forEach(key -> findings.add(new BackupFinding.ObjectMissing(id, key)));
        long stored = inventory.storedBytes(lane);
        if (!missing.isEmpty() || stored == lane.storedBytes()) {
            return;
        }
        if (!new LaneProbe(generation, id, findings).run(lane)) {
            findings.add(new BackupFinding.LaneDamaged(
                    id,
                    lane.lane(),
                    "the objects of lane " + lane.lane() + " of backup " + id + " have " + stored
                            + " bytes, and the manifest says " + lane.storedBytes()));
        }
    }

    private void surplus(List<LaneTotals> lanes) {
        List<ObjectKey> surplus = inventory.surplus(lanes);
        if (!surplus.isEmpty()) {
            findings.add(new BackupFinding.SurplusObjects(id, surplus.get(0), surplus.size()));
        }
    }

    /** What the backup itself recorded. */
    private void knownPages(BackupSummary summary) {
        Map<String, List<Long>> byFile = summary.damagedPages().stream()
                .collect(Collectors.groupingBy(
                        DamagedPage::path, TreeMap::new, Collectors.mapping(DamagedPage::block, Collectors.toList())));
        byFile.forEach((path, blocks) -> findings.add(new BackupFinding.PagesDamaged(id, path, blocks, blocks.size())));
    }
}
