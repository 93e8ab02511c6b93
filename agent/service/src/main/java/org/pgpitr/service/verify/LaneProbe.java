package org.pgpitr.service.verify;

import java.util.HashSet;
import java.util.Set;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.LaneObjectCheck;
import org.pgpitr.repository.backup.LaneTotals;
import org.pgpitr.storage.ObjectKey;

/** Reads the objects of a lane one by one, to name each that is missing or damaged. */
final class LaneProbe {
    private final Generation generation;
    private final BackupId id;
    private final Findings findings;
    private final Set<Integer> bad = new HashSet<>();

    LaneProbe(Generation generation, BackupId id, Findings findings) {
        this.generation = generation;
        this.id = id;
        this.findings = findings;
    }

    /** Whether any object is missing or damaged. */
    boolean run(LaneTotals lane) {
        for (int sequence = 0; sequence < lane.objects(); sequence++) {
            ObjectKey key = generation.layout().data(id.value(), lane.lane(), sequence);
            if (generation.store().stat(key).isEmpty()) {
                findings.add(new BackupFinding.ObjectMissing(id, key));
                bad.add(sequence);
                continue;
            }
            try {
                LaneObjectCheck.check(generation, id, lane.lane(), sequence);
            } catch (PgpitrException e) {
                if (e.exitCode() != ExitCode.CORRUPT) {
                    throw e;
                }
                findings.add(new BackupFinding.ObjectDamaged(id, key, e.getMessage()));
                bad.add(sequence);
            }
        }
        return !bad.isEmpty();
    }

    /** The sequences of the objects that are missing or damaged. */
    Set<Integer> bad() {
        return bad;
    }
}
