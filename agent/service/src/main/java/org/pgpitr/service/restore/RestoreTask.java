package org.pgpitr.service.restore;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.BackupManifestFile;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.backup.ManifestEntry;
import org.pgpitr.repository.backup.ManifestReader;
import org.pgpitr.repository.lease.LeaseHolder;
import org.pgpitr.repository.measured.Measurement;
import org.pgpitr.repository.measured.Measurements;
import org.pgpitr.repository.plan.RecoveryPlan;
import org.pgpitr.service.Progress;
import org.pgpitr.storage.StorageException;

/**
 * Rebuilds a data directory, ready for a server to be started in it and to recover to the plan's target.
 *
 * <p>All directories must be absent or empty, and have room enough; nothing is written before that is known. Every
 * file is verified against the manifest's SHA-256, everything is made durable, and {@code global/pg_control} gets its
 * name last: without it no server starts, so a restore that failed or was killed never looks like a finished one. It
 * leaves what it wrote, with a marker file, for the user to remove. While it runs, and for a day after, a lease keeps
 * the backup and its WAL from being deleted, if the credentials allow that.
 */
public final class RestoreTask {
    private final Generation generation;
    private final RecoveryPlan plan;
    private final RestoreOptions options;
    private final Progress progress;
    private final Clock clock;
    private final Durability durability;

    public RestoreTask(
            Generation generation, RecoveryPlan plan, RestoreOptions options, Progress progress, Clock clock) {
        this(generation, plan, options, progress, clock, Durability.DISK);
    }

    RestoreTask(
            Generation generation,
            RecoveryPlan plan,
            RestoreOptions options,
            Progress progress,
            Clock clock,
            Durability durability) {
        this.generation = generation;
        this.plan = plan;
        this.options = options;
        this.progress = progress;
        this.clock = clock;
        this.durability = durability;
    }

    /**
     * Restores. To be run once.
     *
     * @throws PgpitrException USAGE if a directory is not empty or has not enough room; CORRUPT if the backup is
     *     damaged, naming what; NO_KEY; DISK_UNAVAILABLE if the local disk fails
     * @throws org.pgpitr.storage.StorageException if the store does not deliver
     * @throws CancellationException if the thread is interrupted
     */
    public RestoreResult run() {
        long begin = System.nanoTime();
        try {
            generation.codec().requireReadable();
            RestoreTarget target = target();
            target.requireEmpty();
            try (RestoreHold held = RestoreHold.take(generation, plan.backup().id(), clock, progress)) {
                survey(target);
                restore(target);
                if (held.isNoted()) {
                    measured(Duration.ofNanos(System.nanoTime() - begin));
                }
            }
            BackupSummary backup = plan.backup();
            return new RestoreResult(
                    target.into(),
                    target.tablespaces().all(),
                    backup.files(),
                    backup.originalBytes(),
                    Duration.ofNanos(System.nanoTime() - begin));
        } catch (ClosedByInterruptException e) {
            throw new CancellationException("the restore was interrupted");
        } catch (UncheckedIOException e) {
            throw LocalFailure.of(e);
        } catch (IOException e) {
            throw LocalFailure.of(e);
        }
    }

    /** For the plans to come; the restore is done, whatever becomes of this. */
    private void measured(Duration took) {
        long bytes = plan.backup().originalBytes();
        if (bytes <= 0) {
            return;
        }
        try {
            new Measurements(generation)
                    .add(new Measurement(
                            Measurement.Kind.RESTORE, LeaseHolder.thisProcess().host(), clock.instant(), bytes, took));
        } catch (StorageException e) {
            if (e.kind() == StorageException.Kind.INTERRUPTED) {
                throw e;
            }
            progress.say("could not note in the repository how long the restore took: " + e.getMessage());
        }
    }

    private RestoreTarget target() throws IOException {
        Path into = options.into().toAbsolutePath().normalize();
        TablespacePlaces places =
                new TablespacePlaces(plan.backup().tablespaces(), options.tablespaceMap(), Optional.of(into));
        return new RestoreTarget(into, places, FileOwner.of(options.owner(), RestoreTarget.nearestExisting(into)));
    }

    /** Reads the manifest to its end before anything is written: that it is whole, what it names, how much it needs. */
    private void survey(RestoreTarget target) throws IOException {
        FreeSpace space = new FreeSpace(target);
        try (ManifestReader manifest =
                ManifestReader.open(generation, plan.backup().id())) {
            requireSameCluster(manifest.summary());
            Optional<ManifestEntry> entry = manifest.next();
            while (entry.isPresent()) {
                EntryName.check(entry.get());
                space.add(entry.get());
                entry = manifest.next();
            }
        }
        space.require();
    }

    private void requireSameCluster(BackupSummary found) {
        if (!found.systemIdentifier().equals(generation.identity().systemIdentifier())) {
            throw new PgpitrException(
                    ExitCode.CORRUPT,
                    "backup " + found.id() + " is of the cluster with system identifier " + found.systemIdentifier()
                            + ", but stands in the repository of "
                            + generation.identity().systemIdentifier(),
                    "somebody has moved it; use another backup");
        }
    }

    private void restore(RestoreTarget target) throws IOException {
        BackupSummary backup = plan.backup();
        target.create();
        Path marker = target.into().resolve(UnfinishedMarker.NAME);
        LaterSteps later = new LaterSteps();
        try (FileSyncer syncer = new FileSyncer(durability)) {
            RecoveryFiles files = new RecoveryFiles(target, syncer);
            try (OutputStream out = files.create(UnfinishedMarker.NAME)) {
                out.write(("restore of backup " + backup.id() + " is not finished\n").getBytes(StandardCharsets.UTF_8));
            }
            progress.begin("restoring", backup.originalBytes());
            try (OutputStream out = new BufferedOutputStream(files.create(BackupManifestFile.PATH), 1 << 16);
                    BackupManifestFile listing =
                            new BackupManifestFile(out, backup.major(), backup.systemIdentifier())) {
                copy(target, later, syncer, listing);
                files.tablespaceMap(backup.major(), listing);
                listing.finish(List.of(
                        new BackupManifestFile.WalRange(backup.timeline(), backup.startLsn(), backup.stopLsn())));
            } finally {
                progress.end();
            }
            later.makeLinks(target);
            files.settings(plan, options);
            files.signal(options.mode());
            syncer.submit(target.into().resolve(BackupManifestFile.PATH));
            later.setModes();
            syncer.finish();
            for (Path directory : target.touchedDirectories()) {
                durability.sync(directory);
            }
        }
        makeStartable(target);
        Files.delete(marker);
        durability.sync(target.into());
    }

    private void copy(RestoreTarget target, LaterSteps later, FileSyncer syncer, BackupManifestFile listing)
            throws IOException {
        BackupSummary backup = plan.backup();
        try (ManifestReader manifest = ManifestReader.open(generation, backup.id())) {
            LaneFeed feed = new LaneFeed(manifest, listing);
            new RestoreWorkers(
                            options.workers(),
                            () -> new LaneRestore(generation, backup.id(), target, later, syncer, progress))
                    .run(feed);
            if (!feed.isComplete()) {
                throw new IllegalStateException("lanes of backup " + backup.id() + " were left out");
            }
        }
    }

    /** Everything else is durable: now the directory may become one that a server starts in. */
    private void makeStartable(RestoreTarget target) throws IOException {
        Path unfinished = target.into().resolve(ControlFilePlace.UNFINISHED);
        if (!Files.exists(unfinished)) {
            throw new PgpitrException(
                    ExitCode.CORRUPT,
                    "backup " + plan.backup().id() + " is damaged: it has no " + ControlFilePlace.FINAL,
                    "remove what was restored and restore from another backup; see `pgpitr list`");
        }
        Path control = target.into().resolve(ControlFilePlace.FINAL);
        Files.move(unfinished, control, StandardCopyOption.ATOMIC_MOVE);
        try {
            durability.sync(control.getParent());
        } catch (IOException e) {
            // not known to be durable, so not finished
            Files.move(control, unfinished, StandardCopyOption.ATOMIC_MOVE);
            throw e;
        }
    }
}
