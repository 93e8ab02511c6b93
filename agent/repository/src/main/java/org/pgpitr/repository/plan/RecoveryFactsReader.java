package org.pgpitr.repository.plan;

import java.time.Clock;
import java.time.Instant;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.backup.BackupCatalog;

/** Reads from a repository what a plan rests on: the backups' headers, the history files, the names of the WAL. */
public final class RecoveryFactsReader {
    private RecoveryFactsReader() {}

    /**
     * Lists backups and WAL of a generation, once each. A backup that can't be read is among the facts, unless there
     * is no other: then the reason is thrown.
     *
     * @throws PgpitrException CORRUPT, NO_KEY: history files and manifests are encrypted with the rest
     * @throws org.pgpitr.storage.StorageException if the store does not answer
     */
    public static RecoveryFacts read(Generation generation, Clock clock) {
        Instant asOf = clock.instant();
        BackupCatalog.Listing listing = new BackupCatalog(generation).list();
        if (listing.backups().isEmpty() && !listing.unreadable().isEmpty()) {
            throw listing.unreadable().get(0).reason();
        }
        WalArchive archive = new WalArchive(generation);
        return new RecoveryFacts(
                generation.identity().segmentSize(),
                listing.backups(),
                listing.unreadable().stream()
                        .map(u -> new PassedOver(u.id(), u.reason().getMessage()))
                        .toList(),
                archive.histories(),
                archive.scan(),
                asOf);
    }
}
