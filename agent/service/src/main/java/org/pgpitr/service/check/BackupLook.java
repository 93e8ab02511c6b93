package org.pgpitr.service.check;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.pgpitr.error.ExitCode;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTargetTimeline;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.backup.BackupCatalog;
import org.pgpitr.repository.backup.BackupCatalog.Unreadable;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.plan.RecoveryDecision;
import org.pgpitr.repository.plan.RecoveryFacts;
import org.pgpitr.repository.plan.RecoveryFactsReader;
import org.pgpitr.repository.plan.RecoveryPlan;
import org.pgpitr.repository.plan.RecoveryRequest;
import org.pgpitr.repository.plan.StopSearch;
import org.pgpitr.repository.plan.Unreachable;
import org.pgpitr.repository.plan.WholeBackups;

/** Looks whether there is a backup with all the WAL it needs, and whether its WAL goes on up to now without a hole. */
final class BackupLook {
    private static final String NO_KEY = "this host has no key to look into backups";

    private final Findings findings;
    private final Clock clock;

    BackupLook(Findings findings, Clock clock) {
        this.findings = findings;
        this.clock = clock;
    }

    void notChecked(String because) {
        findings.notChecked(Topic.BACKUP, because);
        findings.notChecked(Topic.RECOVERY, because);
    }

    /** @param timeline that the server is on; empty if it could not be asked */
    void run(Generation generation, Optional<TimelineId> timeline) {
        Optional<BackupCatalog.Listing> listing =
                findings.ask(Topic.BACKUP, () -> new BackupCatalog(generation).list());
        if (listing.isEmpty()) {
            findings.notChecked(Topic.RECOVERY, "the backups can't be listed");
            return;
        }
        List<BackupSummary> backups = listing.get().backups();
        List<Unreadable> unreadable = listing.get().unreadable();
        unreadable.stream()
                .filter(backup -> backup.reason().exitCode() != ExitCode.NO_KEY)
                .forEach(backup -> findings.failed(
                        Topic.BACKUP,
                        "backup " + backup.id() + ": " + backup.reason().getMessage(),
                        backup.reason().hint().orElse(null)));
        if (!backups.isEmpty()) {
            BackupSummary newest = backups.get(backups.size() - 1);
            findings.look(Topic.BACKUP, () -> backup(generation, newest, backups.size()));
            findings.look(Topic.RECOVERY, () -> recovery(generation, timeline));
        } else if (unreadable.isEmpty()) {
            findings.failed(Topic.BACKUP, "there is none: WAL alone can't bring a cluster back", "run `pgpitr backup`");
            findings.notChecked(Topic.RECOVERY, "there is no backup");
        } else {
            Unreadable newest = unreadable.get(unreadable.size() - 1);
            if (newest.reason().exitCode() == ExitCode.NO_KEY) {
                findings.note(
                        Topic.BACKUP,
                        count(unreadable.size()) + ", the newest finished " + ago(newest.finished()) + "; " + NO_KEY,
                        null);
            }
            findings.notChecked(Topic.RECOVERY, NO_KEY);
        }
    }

    private void backup(Generation generation, BackupSummary newest, int count) {
        WalSegmentName first = newest.startSegment();
        OptionalLong missing = new WalArchive(generation)
                .scan(first)
                .firstMissing(
                        newest.timeline(),
                        first.number(newest.segmentSize()),
                        newest.stopSegment().number(newest.segmentSize()));
        if (missing.isPresent()) {
            findings.failed(
                    Topic.BACKUP,
                    "the newest, " + newest.id() + ", never becomes consistent: WAL segment "
                            + WalSegmentName.of(newest.timeline(), missing.getAsLong(), newest.segmentSize())
                            + " is missing",
                    "take a new one with `pgpitr backup`");
        } else {
            findings.ok(
                    Topic.BACKUP,
                    count(count) + ", the newest, " + newest.id() + ", finished " + ago(newest.stopped())
                            + ", with all the WAL it needs");
        }
    }

    private void recovery(Generation generation, Optional<TimelineId> timeline) {
        RecoveryFacts facts = RecoveryFactsReader.read(generation, clock);
        RecoveryTargetTimeline along = timeline.<RecoveryTargetTimeline>map(RecoveryTargetTimeline.Numbered::new)
                .orElseGet(RecoveryTargetTimeline.Latest::new);
        RecoveryDecision decision = WholeBackups.decide(
                generation,
                facts,
                new RecoveryRequest(new RecoveryTarget.EndOfWal(), along, Optional.empty()),
                StopSearch.NAMES_ALONE);
        if (decision instanceof RecoveryPlan plan) {
            findings.ok(
                    Topic.RECOVERY,
                    "from backup " + plan.backup().id() + " along timeline "
                            + plan.path().timeline() + ", without a hole");
        } else if (decision instanceof Unreachable unreachable) {
            findings.failed(
                    Topic.RECOVERY,
                    unreachable.reason(),
                    "take a new backup with `pgpitr backup`; what lies before the hole stays reachable");
        }
    }

    private static String count(int backups) {
        return backups == 1 ? "1 backup" : backups + " backups";
    }

    private String ago(Instant time) {
        Duration age = Duration.between(time, clock.instant());
        if (age.toDays() > 1) {
            return age.toDays() + " days ago";
        }
        if (age.toHours() > 1) {
            return age.toHours() + " hours ago";
        }
        return Math.max(0, age.toMinutes()) + " minutes ago";
    }
}
