package org.pgpitr.repository.plan;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Threads;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.LaneInventory;
import org.pgpitr.repository.backup.LaneTotals;
import org.pgpitr.repository.backup.ManifestReader;
import org.pgpitr.storage.ObjectKey;

/**
 * Plans with backups whose objects are all there, with all their bytes, as one listing of the chosen backup tells: a plan
 * is not to be accepted that a restore would fail of. What the backup's objects hold is not read.
 */
public final class WholeBackups {
    private WholeBackups() {}

    /**
     * As {@link RecoveryPlanner#decide}; a backup of which something is missing counts as one that can't be read, and WAL
     * that turns out to be damaged while it is searched counts as missing.
     *
     * @throws PgpitrException NO_KEY if a manifest can't be decrypted
     * @throws org.pgpitr.storage.StorageException if the store does not answer
     */
    public static RecoveryDecision decide(
            Generation generation, RecoveryFacts facts, RecoveryRequest request, StopSearch search) {
        RecoveryFacts usable = facts;
        while (true) {
            try {
                RecoveryDecision decision = RecoveryPlanner.decide(usable, request, search);
                if (!(decision instanceof RecoveryPlan plan)) {
                    return decision;
                }
                BackupId id = plan.backup().id();
                Optional<String> defect = defect(generation, id);
                if (defect.isEmpty()) {
                    return decision;
                }
                usable = usable.without(Map.of(id, defect.get()));
            } catch (UnusableWalException e) {
                usable = usable.without(e.segment(), e.wal());
            }
        }
    }

    /**
     * What of a backup is missing, in words that continue "because"; empty if nothing is.
     *
     * @throws PgpitrException NO_KEY if its manifest can't be decrypted
     */
    public static Optional<String> defect(Generation generation, BackupId id) {
        Future<LaneInventory> listed = Threads.begin("listing a backup", () -> LaneInventory.list(generation, id));
        List<LaneTotals> lanes;
        try (ManifestReader manifest = ManifestReader.open(generation, id)) {
            lanes = manifest.lanes();
        } catch (PgpitrException e) {
            if (e.exitCode() == ExitCode.CORRUPT) {
                return Optional.of(e.getMessage());
            }
            throw e;
        }
        LaneInventory inventory = Threads.result(listed, "listing a backup");
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
