package org.pgpitr.repository.window;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Threads;
import org.pgpitr.repository.archive.ArchivedHistories;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.backup.BackupCatalog;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.index.ArchiveListing;
import org.pgpitr.repository.index.RolledUp;
import org.pgpitr.repository.plan.KnownDamage;
import org.pgpitr.repository.plan.PassedOver;
import org.pgpitr.repository.plan.RecoveryFacts;
import org.pgpitr.repository.plan.WholeBackups;
import org.pgpitr.repository.plan.WindowFacts;
import org.pgpitr.repository.stream.StreamArchive;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStore;
import org.pgpitr.storage.StorageException;

/** Reads what a window rests on. What can't be read is a fact too. */
final class WindowFactsReader {
    private static final String READING = "reading the archive";

    private final Generation generation;
    private final WalArchive archive;
    private final ArchiveListing listing;
    private final int atATime;

    /** @param atATime how many listings and manifests are read at a time */
    WindowFactsReader(Generation generation, int atATime) {
        this.generation = generation;
        this.archive = new WalArchive(generation);
        this.listing = ArchiveListing.begin(generation);
        this.atATime = atATime;
    }

    /** The roll-ups' names. */
    RolledUp rolledUp() {
        return listing.rolledUp();
    }

    /** Segments and pieces; the pieces first, since they go when their segment is archived. */
    ArchivedWal wal() {
        Map<WalSegmentName, Lsn> streamed = new StreamArchive(generation).ends();
        return listing.scan(streamed);
    }

    /** Which segments were refused, and where they are. */
    SortedMap<WalSegmentName, ObjectKey> refused() {
        SortedMap<WalSegmentName, ObjectKey> refused = new TreeMap<>();
        generation.store().list(generation.layout().brokenPrefix(), (key, stat) -> {
            generation.layout().refusedAt(key).ifPresent(found -> refused.putIfAbsent(found.segment(), key));
            return ObjectStore.ListVisitor.Next.CONTINUE;
        });
        return refused;
    }

    /**
     * All facts. What takes a store long is read at the same time, but all of it after the backups: what they need is
     * there.
     *
     * @param backups as they were listed
     * @throws PgpitrException NO_KEY
     * @throws StorageException if the store does not answer
     */
    WindowFacts read(BackupCatalog.Listing backups, Instant asOf) {
        ExecutorService threads = Executors.newFixedThreadPool(atATime, Threads.daemons("window"));
        try {
            Future<ArchivedWal> wal = threads.submit(this::wal);
            Future<SortedMap<WalSegmentName, ObjectKey>> refused = threads.submit(this::refused);
            Map<BackupId, Future<Optional<String>>> asked = new LinkedHashMap<>();
            for (BackupSummary backup : backups.backups()) {
                asked.put(backup.id(), threads.submit(() -> WholeBackups.defect(generation, backup.id())));
            }
            ArchivedHistories histories = archive.histories();
            RecoveryFacts facts = new RecoveryFacts(
                    generation.identity().segmentSize(),
                    backups.backups(),
                    backups.unreadable().stream()
                            .map(backup ->
                                    new PassedOver(backup.id(), backup.reason().getMessage()))
                            .toList(),
                    histories.readable(),
                    Threads.result(wal, READING),
                    KnownDamage.of(histories),
                    asOf);
            Map<BackupId, String> defects = new LinkedHashMap<>();
            asked.forEach((id, answer) -> Threads.result(answer, READING).ifPresent(defect -> defects.put(id, defect)));
            return new WindowFacts(facts, Threads.result(refused, READING)).without(defects);
        } finally {
            threads.shutdownNow();
        }
    }
}
