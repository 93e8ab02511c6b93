package org.pgpitr.cli.recovery;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.backup.BackupCatalog;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.index.ArchiveListing;
import org.pgpitr.repository.plan.RecoveryDecision;
import org.pgpitr.repository.plan.RecoveryFacts;
import org.pgpitr.repository.plan.RecoveryFactsReader;
import org.pgpitr.repository.plan.RecoveryPlan;
import org.pgpitr.repository.plan.RecoveryRequest;
import org.pgpitr.repository.plan.Unreachable;
import org.pgpitr.repository.plan.WholeBackups;
import org.pgpitr.service.Progress;

/** Finds the generation, reads the facts, and asks the planner. */
public final class Planning {
    private final Repository repository;
    private final Clock clock;

    public Planning(Repository repository, Clock clock) {
        this.repository = repository;
        this.clock = clock;
    }

    /** The generation by its number; else the one that has the backup that was asked for; else the newest. */
    public Generation generation(OptionalInt number, Optional<BackupId> backup) {
        if (number.isPresent()) {
            return repository.generation(number.getAsInt());
        }
        Generation newest = repository.current();
        if (backup.isEmpty() || new BackupCatalog(newest).isTaken(backup.get())) {
            return newest;
        }
        for (int n = newest.number() - 1; n >= 1; n--) {
            Generation older = repository.generation(n);
            if (new BackupCatalog(older).isTaken(backup.get())) {
                return older;
            }
        }
        return newest;
    }

    /**
     * A plan.
     *
     * @param progress hears of WAL that is searched for the target
     * @throws UnreachableTarget if there is none
     */
    public RecoveryPlan plan(Generation generation, RecoveryRequest request, Progress progress) {
        generation.codec().requireReadable();
        ArchiveListing listing = ArchiveListing.begin(generation);
        RecoveryFacts facts = RecoveryFactsReader.read(generation, clock, listing);
        RecoveryDecision decision;
        try (StopsWithProgress stops = new StopsWithProgress(generation, facts.wal(), listing.rolledUp(), progress)) {
            decision = WholeBackups.decide(generation, facts, request, stops);
        }
        if (decision instanceof Unreachable refusal) {
            throw new UnreachableTarget(refusal, withOlderGenerations(generation, refusal.exception()));
        }
        return decision.orElseThrow();
    }

    private PgpitrException withOlderGenerations(Generation generation, PgpitrException error) {
        List<Integer> others = repository.generations().stream()
                .map(ClusterIdentity::generation)
                .filter(n -> n != generation.number())
                .toList();
        if (others.isEmpty()) {
            return error;
        }
        String where = "this is generation " + generation.number() + "; the cluster has others too, see `pgpitr list`"
                + " and --generation";
        return new PgpitrException(
                ExitCode.TARGET_UNREACHABLE,
                error.getMessage(),
                error.hint().map(hint -> hint + "; " + where).orElse(where),
                error);
    }
}
