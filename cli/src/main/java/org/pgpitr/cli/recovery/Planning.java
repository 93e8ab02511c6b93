package org.pgpitr.cli.recovery;

import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.pgpitr.cli.output.FindingsByKind;
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
import org.pgpitr.service.verify.ContentRead;
import org.pgpitr.service.verify.PlannedContent;
import org.pgpitr.service.verify.Severity;

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
     * Where content is read from before a plan is given.
     *
     * @param repository the same one, perhaps at a bounded rate
     * @param workers how much is read at the same time
     */
    public record Reading(Repository repository, int workers) {}

    /** A plan, and what was read before it was given. */
    public record Checked(RecoveryPlan plan, Optional<ContentRead> content) {}

    /**
     * A plan that trusts names, sizes and summaries.
     *
     * @param progress hears of WAL that is searched for the target
     * @throws UnreachableTarget if there is none
     */
    public RecoveryPlan plan(Generation generation, RecoveryRequest request, Progress progress) {
        return plan(generation, request, progress, Optional.empty()).plan();
    }

    /**
     * A plan of which all that its restore and its recovery would read was read, and is sound.
     *
     * @param progress hears of WAL that is searched for the target, of what is read, and of what is found
     * @throws UnreachableTarget if there is none
     */
    public Checked plan(Generation generation, RecoveryRequest request, Progress progress, Reading reading) {
        return plan(generation, request, progress, Optional.of(reading));
    }

    private Checked plan(Generation generation, RecoveryRequest request, Progress progress, Optional<Reading> reading) {
        generation.codec().requireReadable();
        ArchiveListing listing = ArchiveListing.begin(generation);
        RecoveryFacts facts = RecoveryFactsReader.read(generation, clock, listing);
        Optional<PlannedContent> content = reading.map(from ->
                new PlannedContent(from.repository().generation(generation.number()), facts, from.workers(), progress));
        RecoveryDecision decision;
        try (StopsWithProgress stops = new StopsWithProgress(generation, facts.wal(), listing.rolledUp(), progress)) {
            decision = content.map(look -> WholeBackups.decide(facts, request, stops, look))
                    .orElseGet(() -> WholeBackups.decide(generation, facts, request, stops));
        }
        Optional<ContentRead> read = content.map(PlannedContent::read);
        if (decision instanceof Unreachable refusal) {
            PgpitrException error = withFound(refusal, read);
            throw new UnreachableTarget(refusal, read, withOlderGenerations(generation, error));
        }
        return new Checked(decision.orElseThrow(), read);
    }

    /** With all that was found and is not in the reason, and with what would mend it. */
    private static PgpitrException withFound(Unreachable refusal, Optional<ContentRead> read) {
        PgpitrException error = refusal.exception();
        List<String> messages = new ArrayList<>(List.of(error.getMessage()));
        Set<String> hints = new LinkedHashSet<>();
        error.hint().ifPresent(hints::add);
        FindingsByKind.tell(
                read.map(ContentRead::findings).orElse(List.of()).stream()
                        .filter(finding -> finding.severity() != Severity.NOTE)
                        .toList(),
                finding -> {
                    if (!error.getMessage().contains(finding.message())) {
                        messages.add("  found: " + finding.message());
                    }
                },
                hint -> hints.add("to mend what was found: " + hint));
        return new PgpitrException(error.exitCode(), String.join("\n", messages), String.join("; ", hints), error);
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
