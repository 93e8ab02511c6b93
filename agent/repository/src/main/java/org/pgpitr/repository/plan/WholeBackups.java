package org.pgpitr.repository.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.LaneInventory;
import org.pgpitr.repository.backup.LaneTotals;
import org.pgpitr.repository.backup.ManifestReader;
import org.pgpitr.storage.ObjectKey;

/**
 * Plans with backups whose objects are all there, with all their bytes, as one listing of the chosen backup tells: a plan
 * is not to be accepted that a restore would fail of. What the objects hold is not read.
 */
public final class WholeBackups {
    private WholeBackups() {}

    /**
     * As {@link RecoveryPlanner#decide}; a backup of which something is missing counts as one that can't be read.
     *
     * @throws PgpitrException NO_KEY if a manifest can't be decrypted
     * @throws org.pgpitr.storage.StorageException if the store does not answer
     */
    public static RecoveryDecision decide(
            Generation generation, RecoveryFacts facts, RecoveryRequest request, StopSearch search) {
        RecoveryFacts usable = facts;
        while (true) {
            RecoveryDecision decision = RecoveryPlanner.decide(usable, request, search);
            if (!(decision instanceof RecoveryPlan plan)) {
                return decision;
            }
            Optional<String> defect = defect(generation, plan.backup().id());
            if (defect.isEmpty()) {
                return decision;
            }
            usable = without(usable, plan.backup().id(), defect.get());
        }
    }

    private static RecoveryFacts without(RecoveryFacts facts, BackupId id, String reason) {
        List<PassedOver> unreadable = new ArrayList<>(facts.unreadable());
        unreadable.add(new PassedOver(id, reason));
        return new RecoveryFacts(
                facts.segmentSize(),
                facts.backups().stream()
                        .filter(backup -> !backup.id().equals(id))
                        .toList(),
                unreadable,
                facts.histories(),
                facts.wal(),
                facts.asOf());
    }

    /**
     * What of a backup is missing, in words that continue "because"; empty if nothing is.
     *
     * @throws PgpitrException NO_KEY if its manifest can't be decrypted
     */
    public static Optional<String> defect(Generation generation, BackupId id) {
        List<LaneTotals> lanes;
        try (ManifestReader manifest = ManifestReader.open(generation, id)) {
            lanes = manifest.lanes();
        } catch (PgpitrException e) {
            if (e.exitCode() == ExitCode.CORRUPT) {
                return Optional.of(e.getMessage());
            }
            throw e;
        }
        LaneInventory inventory = LaneInventory.list(generation, id);
        for (LaneTotals lane : lanes) {
            List<ObjectKey> missing = inventory.missing(lane);
            if (!missing.isEmpty()) {
                return Optional.of("object " + missing.get(0) + " is missing");
            }
            long stored = inventory.storedBytes(lane);
            if (stored != lane.storedBytes()) {
                return Optional.of("the objects of its lane " + lane.lane() + " have " + stored + " bytes instead of "
                        + lane.storedBytes() + "; `pgpitr verify --backup " + id + "` tells which");
            }
        }
        return Optional.empty();
    }
}
