package org.pgpitr.service.verify;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupCatalog;
import org.pgpitr.repository.backup.BackupCatalog.Unreadable;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.backup.LaneInventory;
import org.pgpitr.repository.backup.LaneTotals;
import org.pgpitr.storage.ObjectKey;

/** The quick part of a verification: by names, sizes and manifests. It is part of every one. */
final class QuickSurvey {
    private final Generation generation;
    private final VerifyOptions options;
    private final Findings findings;
    private final Tally tally;
    private final Clock clock;

    QuickSurvey(Generation generation, VerifyOptions options, Findings findings, Tally tally, Clock clock) {
        this.generation = generation;
        this.options = options;
        this.findings = findings;
        this.tally = tally;
        this.clock = clock;
    }

    Surveyed run() {
        Optional<PgpitrException> noKey = keyMissing();
        BackupCatalog catalog = new BackupCatalog(generation);
        BackupCatalog.Listing listing = catalog.list();
        List<SurveyedBackup> backups = manifests(listing);
        if (options.backup().isEmpty()) {
            catalog.interrupted().forEach(id -> findings.add(new BackupFinding.Unfinished(id, catalog.unknown(id))));
        }
        HistorySurvey history = new HistorySurvey(generation, findings, tally);
        history.list();
        Map<TimelineId, TimelineHistory> histories = noKey.isEmpty() ? history.read() : Map.of();
        WalSurvey wal = WalSurvey.list(generation, options.since(), findings);
        history.missing(wal.wal());
        List<BackupId> sealed = unreadable(listing, noKey);
        if (backups.isEmpty() && sealed.isEmpty() && listing.unreadable().isEmpty() && isUnlimited()) {
            findings.add(new RepositoryFinding.NoBackup(wal.segments()));
        }
        new HoleSurvey(generation, options, findings, clock)
                .run(needingWal(listing, backups), histories, wal, isSealed(listing));
        if (!generation.identity().major().isKnown()) {
            findings.add(
                    new RepositoryFinding.UnknownMajor(generation.identity().major()));
        }
        List<BesidePiece> besides = new BesideSurvey(generation, options, wal.wal(), findings, tally).list(backups);
        noKey.ifPresent(reason -> notVerified(sealed.size(), history.files(), wal.segments(), besides.size(), reason));
        return new Surveyed(
                backups, wal, besides, histories, noKey.isEmpty() ? Surveyed.Access.READABLE : Surveyed.Access.KEYLESS);
    }

    private boolean isUnlimited() {
        return options.backup().isEmpty() && options.since().isEmpty();
    }

    /**
     * The backups behind which WAL must not be missing. Those that ended before {@code since} are among them: the WAL that
     * was archived since leads on from them.
     */
    private List<BackupSummary> needingWal(BackupCatalog.Listing listing, List<SurveyedBackup> sound) {
        Set<BackupId> read = sound.stream().map(backup -> backup.summary().id()).collect(Collectors.toSet());
        return listing.backups().stream()
                .filter(backup -> isAskedFor(backup.id()))
                .filter(backup -> isOlder(backup.stopped()) || read.contains(backup.id()))
                .toList();
    }

    private boolean isSealed(BackupCatalog.Listing listing) {
        return listing.unreadable().stream()
                .anyMatch(backup -> isAskedFor(backup.id()) && backup.reason().exitCode() == ExitCode.NO_KEY);
    }

    private boolean isAskedFor(BackupId id) {
        return options.backup().map(id::equals).orElse(true);
    }

    private boolean isOlder(Instant ended) {
        return options.since().map(ended::isBefore).orElse(false);
    }

    private Optional<PgpitrException> keyMissing() {
        try {
            generation.codec().requireReadable();
            return Optional.empty();
        } catch (PgpitrException e) {
            if (e.exitCode() == ExitCode.NO_KEY) {
                return Optional.of(e);
            }
            throw e;
        }
    }

    private List<SurveyedBackup> manifests(BackupCatalog.Listing listing) {
        Iterator<BackupId> ids = listing.backups().stream()
                .filter(this::isWanted)
                .map(BackupSummary::id)
                .iterator();
        List<SurveyedBackup> read = new ArrayList<>();
        new Workers(options.workers()).run(() -> {
            if (!ids.hasNext()) {
                return Optional.empty();
            }
            BackupId id = ids.next();
            return Optional.of(readAhead -> {
                Optional<SurveyedBackup> backup = new ManifestSurvey(generation, id, findings, tally).run();
                synchronized (read) {
                    backup.ifPresent(read::add);
                }
            });
        });
        read.sort(Comparator.comparing(backup -> backup.summary().id()));
        return read;
    }

    private boolean isWanted(BackupSummary backup) {
        return isAskedFor(backup.id()) && !isOlder(backup.stopped());
    }

    private boolean isWanted(Unreadable backup) {
        return isAskedFor(backup.id()) && !isOlder(backup.finished());
    }

    /** Tells of damaged manifests; gives the backups that only a key can read. */
    private List<BackupId> unreadable(BackupCatalog.Listing listing, Optional<PgpitrException> noKey) {
        List<BackupId> sealed = new ArrayList<>();
        for (Unreadable backup : listing.unreadable()) {
            if (!isWanted(backup)) {
                continue;
            }
            if (backup.reason().exitCode() != ExitCode.NO_KEY) {
                findings.add(new BackupFinding.ManifestDamaged(
                        backup.id(),
                        generation.layout().manifest(backup.id().value()),
                        "backup " + backup.id() + ": " + backup.reason().getMessage()));
                continue;
            }
            sealed.add(backup.id());
            objectsInOrder(backup.id());
            if (noKey.isEmpty()) {
                findings.add(new RepositoryFinding.NotDecrypted(
                        "backup " + backup.id(), backup.reason().getMessage()));
            }
        }
        return sealed;
    }

    /** Without its manifest it is not known how a backup's lanes end, but that they begin, and have no gaps. */
    private void objectsInOrder(BackupId id) {
        LaneInventory inventory = LaneInventory.list(generation, id);
        Map<Integer, Integer> last = inventory.lastSequences();
        int lanes = last.keySet().stream().max(Comparator.naturalOrder()).orElse(0) + 1;
        for (int lane = 0; lane < lanes; lane++) {
            LaneTotals known = new LaneTotals(lane, last.getOrDefault(lane, 0) + 1, 0, 0, 0);
            for (ObjectKey missing : inventory.missing(known)) {
                findings.add(new BackupFinding.ObjectMissing(id, missing));
            }
        }
    }

    private void notVerified(int backups, int histories, long segments, int besides, PgpitrException reason) {
        if (backups > 0) {
            findings.add(new RepositoryFinding.NotDecrypted(
                    "manifests and content of " + backups + (backups == 1 ? " backup" : " backups"),
                    reason.getMessage()));
        }
        if (histories > 0) {
            findings.add(new RepositoryFinding.NotDecrypted(
                    "content of " + histories + " timeline histor" + (histories == 1 ? "y" : "ies"),
                    reason.getMessage()));
        }
        if (segments > 0) {
            findings.add(new RepositoryFinding.NotDecrypted(
                    "content of " + segments + " archived WAL files, and from where on they are needed",
                    reason.getMessage()));
        }
        if (besides > 0) {
            findings.add(new RepositoryFinding.NotDecrypted(
                    besides + (besides == 1 ? " object" : " objects")
                            + " beside them: pieces of streams, the index, names," + " refused WAL",
                    reason.getMessage()));
        }
    }
}
