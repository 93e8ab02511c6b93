package org.pgpitr.service.expire;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.backup.RestoreLease;
import org.pgpitr.repository.lease.Lease;
import org.pgpitr.repository.lease.LeaseHolder;
import org.pgpitr.repository.measured.Measurements;
import org.pgpitr.repository.retention.GenerationFacts;
import org.pgpitr.repository.retention.Pin;
import org.pgpitr.repository.retention.RetentionFacts;
import org.pgpitr.repository.retention.RetentionFactsReader;
import org.pgpitr.repository.retention.RetentionPlan;
import org.pgpitr.repository.retention.RetentionPlanner;
import org.pgpitr.repository.retention.RetentionPolicy;
import org.pgpitr.service.Progress;
import org.pgpitr.service.lease.LeaseWait;
import org.pgpitr.service.verify.PastRounds;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.local.StaleFiles;

/**
 * Deletes from one repository what a policy does not keep, over all generations of the cluster, and what interrupted jobs
 * left. A run that is broken off leaves nothing half: what it did not come to, the next run does.
 */
public final class ExpireTask {
    private final Repository repository;
    private final RetentionPolicy policy;
    private final Optional<StaleFiles> disk;
    private final Progress progress;
    private final Clock clock;
    private final LeaseHolder here = LeaseHolder.thisProcess();

    /** @param disk of a repository on a disk, searched for temporary files */
    public ExpireTask(
            Repository repository, RetentionPolicy policy, Optional<StaleFiles> disk, Progress progress, Clock clock) {
        this.repository = repository;
        this.policy = policy;
        this.disk = disk;
        this.progress = progress;
        this.clock = clock;
    }

    /**
     * What {@link #run} would do now; changes nothing, and takes no lease.
     *
     * @throws PgpitrException NO_REPOSITORY; NO_KEY; CORRUPT; USAGE if a newer version of pgpitr wrote there
     * @throws org.pgpitr.storage.StorageException if the store does not answer
     */
    public ExpirePlan plan() {
        return plan(facts(RetentionFactsReader.Writers.POSSIBLE));
    }

    /** As {@link #run(Duration)}, without waiting. */
    public ExpireReport run() {
        return run(Duration.ZERO);
    }

    /**
     * Deletes.
     *
     * @param patience how long to wait for a backup, or another expire, that runs
     * @throws PgpitrException as {@link #plan}; LOCKED while a backup or another expire runs; TARGET_UNREACHABLE if no
     *     backup could be recovered, so that none may go; STORAGE_UNAVAILABLE if the store refuses every deletion, and not
     *     for locks alone
     * @throws org.pgpitr.storage.StorageException if the store does not answer
     * @throws CancellationException if the thread is interrupted while it waits, which it still is then
     */
    public ExpireReport run(Duration patience) {
        List<Generation> generations = generations();
        try (ExpireLeases leases = leases(generations, patience)) {
            RetentionFacts facts = facts(RetentionFactsReader.Writers.EXCLUDED);
            ExpirePlan plan = plan(facts);
            requireRecoverable(plan.retention());
            return new ExpireRun(generations, leases, facts, plan, disk, progress, clock).run();
        }
    }

    private ExpireLeases leases(List<Generation> generations, Duration patience) {
        try {
            return LeaseWait.take(
                    () -> ExpireLeases.take(generations, here, clock, progress), () -> true, patience, progress);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("the expiry was interrupted while it waited");
        }
    }

    private List<Generation> generations() {
        int newest = repository.current().number();
        List<Generation> all = new ArrayList<>();
        for (int number = 1; number <= newest; number++) {
            all.add(repository.generation(number));
        }
        return all;
    }

    private RetentionFacts facts(RetentionFactsReader.Writers writers) {
        repository.current();
        return new RetentionFactsReader(repository, here, clock).read(writers);
    }

    private ExpirePlan plan(RetentionFacts facts) {
        return new ExpirePlan(
                RetentionPlanner.plan(facts, policy),
                endedMarks(facts),
                disk.map(files -> files.find(repository.name().toString(), facts.now()))
                        .orElse(List.of()));
    }

    private List<ObjectKey> endedMarks(RetentionFacts facts) {
        List<ObjectKey> marks = new ArrayList<>();
        Instant now = facts.now();
        for (GenerationFacts part : facts.generations()) {
            Generation generation = repository.generation(part.generation());
            part.pins().values().stream()
                    .filter(pin -> !pin.holdsAt(now))
                    .map(Pin::backup)
                    .sorted()
                    .forEach(id -> marks.add(generation.layout().pin(id.value())));
            RestoreLease.over(generation, now).stream().map(Lease.Seen::key).forEach(marks::add);
            marks.addAll(new Measurements(generation).outnumbered());
            marks.addAll(PastRounds.of(generation));
        }
        return marks;
    }

    private void requireRecoverable(RetentionPlan plan) {
        boolean backups = plan.generations().stream().anyMatch(g -> !g.backups().isEmpty());
        if (plan.refusal().isPresent() && backups) {
            throw new PgpitrException(
                    ExitCode.TARGET_UNREACHABLE,
                    plan.refusal().get() + ", so nothing is deleted",
                    "`pgpitr expire --dry-run` tells why of each backup; take a new one with `pgpitr backup`");
        }
    }
}
