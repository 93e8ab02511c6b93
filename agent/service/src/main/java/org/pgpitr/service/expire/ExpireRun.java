package org.pgpitr.service.expire;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupCatalog;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.RestoreLease;
import org.pgpitr.repository.retention.BackupVerdict;
import org.pgpitr.repository.retention.CompanionVerdict;
import org.pgpitr.repository.retention.GenerationFacts;
import org.pgpitr.repository.retention.GenerationPlan;
import org.pgpitr.repository.retention.LeftoverVerdict;
import org.pgpitr.repository.retention.Pins;
import org.pgpitr.repository.retention.RetentionFacts;
import org.pgpitr.repository.retention.RetentionPlan;
import org.pgpitr.repository.retention.RetentionPlanner;
import org.pgpitr.repository.retention.WalCompanion;
import org.pgpitr.service.Progress;
import org.pgpitr.storage.DeleteResult;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.Refusal;
import org.pgpitr.storage.local.StaleFiles;

/**
 * One run under its leases: backups, manifest first; what interrupted ones left; then WAL, for which it is decided anew
 * what is needed if a backup could not go; then small things.
 */
final class ExpireRun {
    private static final int BATCH = 1000;

    private final List<Generation> generations;
    private final ExpireLeases leases;
    private final RetentionFacts facts;
    private final ExpirePlan plan;
    private final Optional<StaleFiles> disk;
    private final Progress progress;
    private final Clock clock;

    private final List<ExpireReport.Deleted> deleted = new ArrayList<>();
    private final List<ExpireReport.Spared> spared = new ArrayList<>();
    private DeleteResult outcome = DeleteResult.COMPLETE;
    private long objects;
    private long walFiles;
    private long companions;
    private long freedBytes;

    ExpireRun(
            List<Generation> generations,
            ExpireLeases leases,
            RetentionFacts facts,
            ExpirePlan plan,
            Optional<StaleFiles> disk,
            Progress progress,
            Clock clock) {
        this.generations = generations;
        this.leases = leases;
        this.facts = facts;
        this.plan = plan;
        this.disk = disk;
        this.progress = progress;
        this.clock = clock;
    }

    ExpireReport run() {
        progress.begin("deleting", bytesToGo());
        try {
            for (Generation generation : generations) {
                GenerationPlan part = plan.retention().generation(generation.number());
                part.backups().stream()
                        .filter(verdict -> !verdict.stays())
                        .forEach(verdict -> backup(generation, verdict));
                part.leftovers().stream().filter(left -> !left.stays()).forEach(left -> leftover(generation, left));
            }
            wal();
            delete(endedMarks());
            disk.ifPresent(files -> files.delete(plan.staleFiles()));
        } finally {
            progress.end();
        }
        requireAnyDeleted();
        return new ExpireReport(plan, deleted, spared, walFiles, companions, freedBytes, outcome);
    }

    private long bytesToGo() {
        long bytes = 0;
        for (GenerationPlan part : plan.retention().generations()) {
            bytes += part.backups().stream()
                    .filter(b -> !b.stays())
                    .mapToLong(ExpireRun::storedBytes)
                    .sum();
            bytes += part.wal().stream()
                    .filter(w -> !w.stays())
                    .mapToLong(w -> w.storedBytes())
                    .sum();
            bytes += part.pieces().stream()
                    .filter(p -> !p.stays())
                    .mapToLong(p -> p.pieces().storedBytes())
                    .sum();
            bytes += part.companions().stream()
                    .filter(c -> !c.stays())
                    .mapToLong(c -> c.companion().bytes())
                    .sum();
        }
        return bytes;
    }

    private static long storedBytes(BackupVerdict verdict) {
        return verdict.summary().map(summary -> summary.storedBytes()).orElse(0L);
    }

    private void backup(Generation generation, BackupVerdict verdict) {
        BackupId id = verdict.id();
        BackupCatalog catalog = new BackupCatalog(generation);
        Optional<String> needed = neededNow(generation, id);
        if (needed.isPresent()) {
            spare(generation, id, needed.get());
            return;
        }
        DeleteResult manifest = noted(catalog.deleteManifest(id, leases.of(generation)));
        if (!manifest.isComplete()) {
            Refusal refusal = manifest.refused().values().iterator().next();
            spared.add(new ExpireReport.Spared(generation.number(), id, whyKept(refusal), refusal.until()));
            return;
        }
        objects++;
        // a restore that has read the manifest before it was gone has told so by now
        Optional<String> restored = restored(generation, id);
        if (restored.isPresent()) {
            spare(generation, id, restored.get());
            return;
        }
        DeleteResult data = noted(catalog.cleanUp(id, leases.of(generation)));
        deleted.add(new ExpireReport.Deleted(generation.number(), id));
        freed(data.isComplete() ? storedBytes(verdict) : 0);
    }

    private DeleteResult noted(DeleteResult result) {
        outcome = outcome.and(result);
        return result;
    }

    private static String whyKept(Refusal refusal) {
        return switch (refusal.cause()) {
            case LOCKED -> "the store keeps its manifest locked";
            case HELD -> "the store keeps its manifest under a legal hold";
            case DENIED -> "the store refuses to delete its manifest";
        };
    }

    private void spare(Generation generation, BackupId id, String reason) {
        spared.add(new ExpireReport.Spared(generation.number(), id, reason, Optional.empty()));
    }

    /** Somebody may have come since the facts were read. */
    private Optional<String> neededNow(Generation generation, BackupId id) {
        return new Pins(generation)
                .find(id)
                .filter(pin -> pin.holdsAt(clock.instant()))
                .map(pin -> "it was pinned just now: " + pin.reason())
                .or(() -> restored(generation, id));
    }

    private Optional<String> restored(Generation generation, BackupId id) {
        return Optional.ofNullable(
                RestoreLease.backupsInUse(generation, clock.instant()).get(id));
    }

    private void leftover(Generation generation, LeftoverVerdict verdict) {
        Set<ObjectKey> left = noted(
                        new BackupCatalog(generation).cleanUp(verdict.leftover().id(), leases.of(generation)))
                .survivors();
        objects += verdict.leftover().objects() - left.size();
        freed(left.isEmpty() ? verdict.leftover().bytes() : 0);
    }

    private void wal() {
        RetentionPlan current = spared.isEmpty() ? plan.retention() : anew();
        for (Generation generation : generations) {
            GenerationFacts known = facts.generations().stream()
                    .filter(g -> g.generation() == generation.number())
                    .findFirst()
                    .orElseThrow();
            WalDeletion deletion = new WalDeletion(generation, known.recovery().wal());
            deletion.run(current.generation(generation.number()), () -> leases.of(generation), this::freed);
            DeleteResult unused = noted(deletion.result());
            walFiles += deletion.files();
            objects += deletion.files();
            companions(generation, current.generation(generation.number()));
        }
    }

    /** A pin that was taken off and put on anew since the facts were read stands under the same name as the old one. */
    private List<ObjectKey> endedMarks() {
        Set<ObjectKey> holding = new TreeSet<>();
        for (Generation generation : generations) {
            leases.of(generation);
            new Pins(generation)
                    .list().values().stream()
                            .filter(pin -> pin.holdsAt(clock.instant()))
                            .forEach(pin -> holding.add(
                                    generation.layout().pin(pin.backup().value())));
        }
        return plan.endedMarks().stream().filter(key -> !holding.contains(key)).toList();
    }

    /** Behind the WAL: what is left of them, if this is broken off, the next run finds by their names. */
    private void companions(Generation generation, GenerationPlan part) {
        List<WalCompanion> going = part.companions().stream()
                .filter(verdict -> !verdict.stays())
                .map(CompanionVerdict::companion)
                .toList();
        for (int from = 0; from < going.size(); from += BATCH) {
            List<WalCompanion> batch = going.subList(from, Math.min(going.size(), from + BATCH));
            leases.of(generation);
            Set<ObjectKey> left = delete(batch.stream().map(WalCompanion::key).toList());
            companions += batch.size() - left.size();
            freed(batch.stream()
                    .filter(each -> !left.contains(each.key()))
                    .mapToLong(WalCompanion::bytes)
                    .sum());
        }
    }

    /** What can't go after all needs its WAL. */
    private RetentionPlan anew() {
        List<GenerationFacts> all = new ArrayList<>();
        for (GenerationFacts part : facts.generations()) {
            Map<BackupId, String> more = new HashMap<>();
            spared.stream().filter(s -> s.generation() == part.generation()).forEach(s -> more.put(s.id(), s.reason()));
            all.add(part.alsoInUse(more));
        }
        return RetentionPlanner.plan(
                new RetentionFacts(all, facts.now()), plan.retention().policy());
    }

    /** Gives what the store refuses to delete. */
    private Set<ObjectKey> delete(List<ObjectKey> keys) {
        if (keys.isEmpty()) {
            return Set.of();
        }
        Set<ObjectKey> left = noted(generations.get(0).store().delete(keys)).survivors();
        objects += keys.size() - left.size();
        return left;
    }

    private void freed(long bytes) {
        freedBytes += bytes;
        progress.advance(bytes);
    }

    /** A lock does what it was set for, and ends; other refusals go on until somebody hears of them. */
    private void requireAnyDeleted() {
        Optional<ObjectKey> denied = outcome.refused().entrySet().stream()
                .filter(entry -> !entry.getValue().isLock())
                .map(Map.Entry::getKey)
                .findFirst();
        if (objects == 0 && denied.isPresent()) {
            throw new PgpitrException(
                    ExitCode.STORAGE_UNAVAILABLE,
                    generations.get(0).store().location() + " refuses to delete anything, such as " + denied.get(),
                    "use credentials that may delete (S3: s3:DeleteObject); objects under a lock can be deleted when it"
                            + " has ended, by another `pgpitr expire`");
        }
    }
}
