package org.pgpitr.repository.plan;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.ArchivedHistories;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.backup.BackupCatalog;
import org.pgpitr.repository.index.ArchiveListing;
import org.pgpitr.repository.stream.StreamArchive;

/**
 * Reads from a repository what a plan rests on: the backups' headers, the history files, the names of the WAL and of
 * the pieces of streams.
 */
public final class RecoveryFactsReader {
    private RecoveryFactsReader() {}

    /**
     * Lists backups, pieces and WAL of a generation, once each. What can't be read is among the facts, but for a backup of
     * which there is no other: then the reason is thrown.
     *
     * @throws PgpitrException CORRUPT, NO_KEY: history files and manifests are encrypted with the rest
     * @throws org.pgpitr.storage.StorageException if the store does not answer
     */
    public static RecoveryFacts read(Generation generation, Clock clock) {
        return read(generation, clock, listing -> {
            if (listing.backups().isEmpty() && !listing.unreadable().isEmpty()) {
                throw listing.unreadable().get(0).reason();
            }
        });
    }

    /**
     * The same for one who needs no backup: none has to be readable.
     *
     * @throws PgpitrException NO_KEY
     * @throws org.pgpitr.storage.StorageException if the store does not answer
     */
    public static RecoveryFacts readWhateverBackups(Generation generation, Clock clock) {
        return read(generation, clock, listing -> {});
    }

    private static RecoveryFacts read(
            Generation generation, Clock clock, Consumer<BackupCatalog.Listing> requireBackups) {
        Instant asOf = clock.instant();
        ArchiveListing wal = ArchiveListing.begin(generation);
        BackupCatalog.Listing listing = new BackupCatalog(generation).list();
        requireBackups.accept(listing);
        ArchivedHistories histories = new WalArchive(generation).histories();
        Map<WalSegmentName, Lsn> streamed = new StreamArchive(generation).ends();
        return new RecoveryFacts(
                generation.identity().segmentSize(),
                listing.backups(),
                listing.unreadable().stream()
                        .map(u -> new PassedOver(u.id(), u.reason().getMessage()))
                        .toList(),
                histories.readable(),
                wal.scan(streamed),
                KnownDamage.of(histories),
                asOf);
    }
}
