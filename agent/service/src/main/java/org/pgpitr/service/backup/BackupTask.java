package org.pgpitr.service.backup;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.pgpitr.cluster.Server;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.backup.BackupCatalog;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.lease.Lease;
import org.pgpitr.repository.lease.LeaseHolder;
import org.pgpitr.service.Progress;
import org.pgpitr.service.lease.Heartbeat;
import org.pgpitr.service.lease.LeaseWait;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.StorageException;

/**
 * Takes one base backup. It exists when {@link #run} returns, and otherwise it does not: whatever goes wrong, nothing is
 * listed, the server leaves backup mode, and what was stored is deleted, now or by the next backup.
 */
public final class BackupTask {
    private static final Duration PATIENCE_WITH_EXPIRY = Duration.ofMinutes(10);

    private final Server server;
    private final Generation generation;
    private final BackupOptions options;
    private final Progress progress;
    private final Clock clock;
    private final BackupCatalog catalog;

    public BackupTask(Server server, Generation generation, BackupOptions options, Progress progress, Clock clock) {
        this.server = server;
        this.generation = generation;
        this.options = options;
        this.progress = progress;
        this.clock = clock;
        this.catalog = new BackupCatalog(generation);
    }

    /**
     * Takes the backup. An interruption of the calling thread stops it within moments; cleaning up after that takes as
     * long as the store does.
     *
     * @throws PgpitrException USAGE if the server, its data directory and the repository don't belong together;
     *     CHECK_FAILED if WAL does not get into the repository, before the copy or after it; LOCKED if another backup
     *     runs, or an expiry that has not ended after ten minutes; CORRUPT if pages are damaged; POSTGRES_UNAVAILABLE if the server goes away, restarts or is promoted
     * @throws StorageException if the store does not take the backup
     * @throws CancellationException if the thread was interrupted, which it still is then
     */
    public BackupSummary run() {
        try {
            BackupSource source = BackupSource.of(server, options.dataDirectory());
            SourceChecks checks = new SourceChecks(source.facts(), source.dataDirectory(), options.slot());
            checks.verify(generation, LocalControlFile.read(source.dataDirectory()));
            checks.note(server, progress);
            generation.codec().requireWritable();
            return underLease(source, checks);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw cancelled(e);
        } catch (PgpitrException | StorageException e) {
            // whatever was under way says in its own way that it was interrupted
            throw Thread.currentThread().isInterrupted() ? cancelled(e) : e;
        }
    }

    private static CancellationException cancelled(Exception cause) {
        CancellationException cancelled = new CancellationException("the backup was interrupted");
        cancelled.initCause(cause);
        return cancelled;
    }

    private BackupSummary underLease(BackupSource source, SourceChecks checks) throws InterruptedException {
        Lease lease = lease();
        try (Heartbeat heartbeat = new Heartbeat(lease)) {
            deleteInterrupted(lease);
            BackupId id = newId();
            boolean done = false;
            try {
                BackupSummary summary =
                        new BackupRun(source, checks, generation, id, options, heartbeat, progress, clock).run(lease);
                done = true;
                return summary;
            } finally {
                if (!done) {
                    evenIfInterrupted(() -> discard(id, lease));
                }
            }
        } finally {
            evenIfInterrupted(() -> release(lease));
        }
    }

    /** An expiry soon has ended, and a night without a backup is worse than one that begins later. */
    private Lease lease() throws InterruptedException {
        LeaseHolder here = LeaseHolder.thisProcess();
        return LeaseWait.take(
                () -> Lease.acquire(generation, BackupCatalog.LEASE, "backup", here, clock),
                () -> Lease.purposeOf(generation, BackupCatalog.LEASE, here, clock)
                        .map(BackupCatalog.EXPIRY::equals)
                        .orElse(true),
                PATIENCE_WITH_EXPIRY,
                progress);
    }

    /** Two backups can begin within a second when the first one fails at once and can't be deleted. */
    private BackupId newId() {
        BackupId id = BackupId.at(clock.instant());
        while (catalog.isTaken(id)) {
            id = id.next();
        }
        return id;
    }

    private void deleteInterrupted(Lease lease) {
        for (BackupId id : catalog.interrupted()) {
            try {
                Optional<ObjectKey> unknown = catalog.unknown(id);
                if (unknown.isPresent()) {
                    progress.say("left backup " + id + ", which has no manifest, as it is: pgpitr does not know object "
                            + unknown.get());
                    continue;
                }
                Set<ObjectKey> left = catalog.cleanUp(id, lease).survivors();
                progress.say(
                        left.isEmpty()
                                ? "deleted what the interrupted backup " + id + " left"
                                : notDeleted(id, left.size() + " objects are kept by the store"));
            } catch (StorageException e) {
                progress.say(notDeleted(id, e.getMessage()));
            }
        }
    }

    private static String notDeleted(BackupId id, String reason) {
        return "could not delete what the interrupted backup " + id + " left: " + reason;
    }

    private void discard(BackupId id, Lease lease) {
        try {
            Set<ObjectKey> left = catalog.delete(id, lease).survivors();
            if (!left.isEmpty()) {
                progress.say("could not delete what was stored of the backup: " + left.size()
                        + " objects are kept by the store");
            }
        } catch (StorageException | PgpitrException e) {
            progress.say("could not delete what was stored of the backup, the next one will: " + e.getMessage());
        }
    }

    private void release(Lease lease) {
        try {
            lease.close();
        } catch (StorageException e) {
            progress.say("could not release the lease \"" + lease.name() + "\", it will expire: " + e.getMessage());
        }
    }

    /** The store's methods fail in an interrupted thread. */
    private static void evenIfInterrupted(Runnable work) {
        boolean interrupted = Thread.interrupted();
        try {
            work.run();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
