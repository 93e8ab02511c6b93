package org.pgpitr.repository.plan;

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
 * Plans with backups that were looked at when they were chosen: a plan is not to be accepted that a restore would fail of.
 * The least that is looked at is one listing of the chosen backup, which tells that its objects are all there, with all
 * their bytes; what they hold is not read then.
 */
public final class WholeBackups {
    private WholeBackups() {}

    /** Looks at what a plan would have a restore and its recovery read, before the plan is accepted. */
    public interface Look {
        /**
         * What of it is of no use, if anything is: the next plan is made without it.
         *
         * @throws PgpitrException NO_KEY if something can't be decrypted
         * @throws org.pgpitr.storage.StorageException if the store does not answer
         */
        FoundDamage at(RecoveryPlan plan);
    }

    /**
     * As {@link RecoveryPlanner#decide}; a backup of which something is missing counts as one that can't be read, and WAL
     * that turns out to be damaged while it is searched counts as missing.
     *
     * @throws PgpitrException NO_KEY if a manifest can't be decrypted
     * @throws org.pgpitr.storage.StorageException if the store does not answer
     */
    public static RecoveryDecision decide(
            Generation generation, RecoveryFacts facts, RecoveryRequest request, StopSearch search) {
        return decide(facts, request, search, plan -> {
            BackupId id = plan.backup().id();
            return defect(generation, id).map(why -> FoundDamage.of(id, why)).orElse(FoundDamage.NONE);
        });
    }

    /**
     * The same with what another look finds at the backup and the WAL of a plan.
     *
     * @throws PgpitrException NO_KEY if something can't be decrypted
     * @throws org.pgpitr.storage.StorageException if the store does not answer
     */
    public static RecoveryDecision decide(RecoveryFacts facts, RecoveryRequest request, StopSearch search, Look look) {
        RecoveryFacts usable = facts;
        while (true) {
            try {
                RecoveryDecision decision = RecoveryPlanner.decide(usable, request, search);
                if (!(decision instanceof RecoveryPlan plan)) {
                    return decision;
                }
                FoundDamage damage = look.at(plan);
                if (damage.isNone()) {
                    return decision;
                }
                usable = usable.without(damage);
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
        LaneInventory.Begun listed = LaneInventory.begin(generation, id);
        List<LaneTotals> lanes;
        try (ManifestReader manifest = ManifestReader.open(generation, id)) {
            lanes = manifest.lanes();
        } catch (PgpitrException e) {
            if (e.exitCode() == ExitCode.CORRUPT) {
                return Optional.of(e.getMessage());
            }
            throw e;
        }
        LaneInventory inventory = listed.complete(lanes);
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
