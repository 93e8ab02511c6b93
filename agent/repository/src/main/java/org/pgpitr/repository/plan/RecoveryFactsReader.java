package org.pgpitr.repository.plan;

import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Threads;
import org.pgpitr.repository.archive.ArchivedHistories;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.backup.BackupCatalog;
import org.pgpitr.repository.index.ArchiveListing;
import org.pgpitr.repository.stream.StreamArchive;

/**
 * Reads from a repository what a plan rests on: the backups' headers, the history files, the names of the WAL and of
 * the pieces of streams.
 */
public final class RecoveryFactsReader {
    private static final String READING = "listing the archive";

    private RecoveryFactsReader() {}

    /**
     * Lists backups, pieces and WAL of a generation, once each. What can't be read is among the facts, but for a backup of
     * which there is no other: then the reason is thrown.
     *
     * @throws PgpitrException CORRUPT, NO_KEY: history files and manifests are encrypted with the rest
     * @throws org.pgpitr.storage.StorageException if the store does not answer
     */
    public static RecoveryFacts read(Generation generation, Clock clock) {
        return read(generation, clock, ArchiveListing.begin(generation));
    }

    /** As {@link #read(Generation, Clock)}, with a listing that was begun before. */
    public static RecoveryFacts read(Generation generation, Clock clock, ArchiveListing wal) {
        return read(generation, clock, wal, listing -> {
            if (listing.backups().isEmpty() && !listing.unreadable().isEmpty()) {
                throw listing.unreadable().get(0).reason();
            }
        });
    }

    /**
     * As {@link #read(Generation, Clock, ArchiveListing)} for one who needs no backup: none has to be readable.
     *
     * @throws PgpitrException NO_KEY
     * @throws org.pgpitr.storage.StorageException if the store does not answer
     */
    public static RecoveryFacts readWhateverBackups(Generation generation, Clock clock, ArchiveListing wal) {
        return read(generation, clock, wal, listing -> {});
    }

    private static RecoveryFacts read(
            Generation generation, Clock clock, ArchiveListing listed, Consumer<BackupCatalog.Listing> requireBackups) {
        Instant asOf = clock.instant();
        BackupCatalog.Listing listing = new BackupCatalog(generation).list();
        requireBackups.accept(listing);
        // All of it behind the backups, so that what they need is there.
        Future<ArchivedWal> wal = Threads.begin(READING, () -> listed.scan(new StreamArchive(generation).ends()));
        ArchivedHistories histories = new WalArchive(generation).histories();
        return new RecoveryFacts(
                generation.identity().segmentSize(),
                listing.backups(),
                listing.unreadable().stream()
                        .map(u -> new PassedOver(u.id(), u.reason().getMessage()))
                        .toList(),
                histories.readable(),
                Threads.result(wal, READING),
                KnownDamage.of(histories),
                asOf);
    }
}
