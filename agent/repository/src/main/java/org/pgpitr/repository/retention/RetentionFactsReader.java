package org.pgpitr.repository.retention;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.BackupHistoryName;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PartialSegmentName;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.ClusterIdentity;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.Repository;
import org.pgpitr.repository.RepositoryLayout;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.backup.BackupCatalog;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.backup.RestoreLease;
import org.pgpitr.repository.lease.Lease;
import org.pgpitr.repository.lease.LeaseHolder;
import org.pgpitr.repository.plan.PassedOver;
import org.pgpitr.repository.plan.RecoveryFacts;
import org.pgpitr.repository.plan.WholeBackups;
import org.pgpitr.repository.stream.PieceChain;
import org.pgpitr.repository.stream.StreamArchive;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.ObjectStat;
import org.pgpitr.storage.ObjectStore.ListVisitor.Next;

/** Reads from a repository what a retention plan rests on. */
public final class RetentionFactsReader {
    private final Repository repository;
    private final LeaseHolder here;
    private final Clock clock;

    /** @param here who asks: its own leases count as nobody's */
    public RetentionFactsReader(Repository repository, LeaseHolder here, Clock clock) {
        this.repository = repository;
        this.here = here;
        this.clock = clock;
    }

    /**
     * Reads all generations.
     *
     * @param writers whether a lease on {@link BackupCatalog#LEASE} may be another's; if not, it is this process's
     * @throws PgpitrException NO_KEY, CORRUPT: histories and manifests are encrypted with the rest; USAGE if a newer
     *     version wrote a generation
     * @throws org.pgpitr.storage.StorageException if the store does not answer
     */
    public RetentionFacts read(Writers writers) {
        Instant now = clock.instant();
        List<GenerationFacts> all = new ArrayList<>();
        for (ClusterIdentity identity : repository.generations()) {
            all.add(read(repository.generation(identity.generation()), now, writers));
        }
        return new RetentionFacts(all, now);
    }

    /** Who may be taking backups. */
    public enum Writers {
        /** Nobody: this process holds the lease. */
        EXCLUDED,
        /** Whoever holds the lease. */
        POSSIBLE
    }

    private GenerationFacts read(Generation generation, Instant now, Writers writers) {
        generation.codec().requireReadable();
        // before anything else, so that a backup that ends meanwhile is known to have been under way
        Optional<String> writer = writers == Writers.POSSIBLE
                ? Lease.holderOf(generation, BackupCatalog.LEASE, here, clock)
                : Optional.empty();
        BackupCatalog catalog = new BackupCatalog(generation);
        BackupCatalog.Listing listing = catalog.list();
        Map<TimelineId, TimelineHistory> histories =
                new WalArchive(generation).histories().orElseThrow();
        List<WalCompanion> companions = new WalCompanions(generation).list();
        // last, so that it holds the WAL of all that was read before; and pieces before segments, since they go when
        // theirs
        // is archived
        WalFiles wal = new WalFiles(generation);
        List<Leftover> leftovers = new ArrayList<>();
        List<PassedOver> unreadable = new ArrayList<>();
        listing.unreadable()
                .forEach(u -> unreadable.add(new PassedOver(u.id(), u.reason().getMessage())));
        for (BackupId id : catalog.interrupted()) {
            Leftover left = leftover(generation, id);
            newerManifest(generation, left).ifPresentOrElse(unreadable::add, () -> leftovers.add(left));
        }
        RecoveryFacts recovery = new RecoveryFacts(
                generation.identity().segmentSize(),
                listing.backups(),
                unreadable,
                histories,
                wal.segments.build(),
                now);
        return new GenerationFacts(
                generation.number(),
                recovery,
                incomplete(generation, listing.backups()),
                wal.times.build(),
                wal.backupHistories,
                wal.pieces,
                new Pins(generation).list(),
                RestoreLease.backupsInUse(generation, now),
                leftovers,
                writer,
                companions);
    }

    /** One that can't be restored must not take the place of one that can. */
    private static Map<BackupId, String> incomplete(Generation generation, List<BackupSummary> backups) {
        Map<BackupId, String> incomplete = new HashMap<>();
        for (BackupSummary backup : backups) {
            WholeBackups.defect(generation, backup.id()).ifPresent(why -> incomplete.put(backup.id(), why));
        }
        return incomplete;
    }

    private static Leftover leftover(Generation generation, BackupId id) {
        RepositoryLayout layout = generation.layout();
        long[] totals = new long[2];
        ObjectKey[] unknown = new ObjectKey[1];
        generation.store().list(layout.backupPrefix(id.value()), (key, stat) -> {
            totals[0]++;
            totals[1] += stat.length();
            if (!layout.isKnown(id.value(), key) && (unknown[0] == null || layout.isManifest(id.value(), key))) {
                unknown[0] = key;
            }
            return Next.CONTINUE;
        });
        return new Leftover(id, totals[0], totals[1], Optional.ofNullable(unknown[0]));
    }

    /** A backup, perhaps, that a newer version has taken: it needs WAL, and nobody here can tell which. */
    private static Optional<PassedOver> newerManifest(Generation generation, Leftover left) {
        return left.unknown()
                .filter(key -> generation.layout().isManifest(left.id().value(), key))
                .map(key -> new PassedOver(left.id(), "its manifest, object " + key + ", is of no format known here"));
    }

    /** What one listing tells. */
    private static final class WalFiles {
        private final WalSegmentSize size;
        private final ArchivedWal.Builder segments = ArchivedWal.builder();
        private final ArchiveTimes.Builder times = ArchiveTimes.builder();
        private final List<BackupHistoryName> backupHistories = new ArrayList<>();
        private final List<SegmentPieces> pieces = new ArrayList<>();

        WalFiles(Generation generation) {
            size = generation.identity().segmentSize();
            new StreamArchive(generation).stored().forEach(this::add);
            WalArchive archive = new WalArchive(generation);
            long unknown = archive.list(this::add);
            for (long i = 0; i < unknown; i++) {
                segments.unknown();
            }
            archive.listHistories((name, stat) -> times.history(name.timeline(), stat.modified()));
        }

        private void add(WalSegmentName segment, List<StreamArchive.Stored> stored) {
            TimelineId timeline = segment.timeline();
            long number = segment.number(size);
            Lsn start = segment.start(size);
            Lsn end = PieceChain.from(
                            start,
                            stored.stream().map(StreamArchive.Stored::piece).toList())
                    .end();
            if (end.equals(segment.end(size))) {
                segments.inPieces(timeline, number);
            } else if (end.isAfter(start)) {
                segments.streamed(timeline, number, end);
            }
            long bytes = 0;
            for (StreamArchive.Stored each : stored) {
                bytes += each.stat().length();
                times.segment(timeline, number, each.stat().modified());
            }
            pieces.add(new SegmentPieces(segment, stored.size(), bytes));
        }

        private void add(WalFileName name, ObjectStat stat) {
            if (name instanceof WalSegmentName segment) {
                segments.segment(segment.timeline(), segment.number(size), stat.length());
                times.segment(segment.timeline(), segment.number(size), stat.modified());
            } else if (name instanceof PartialSegmentName partial) {
                segments.partial(partial.timeline(), partial.segment().number(size));
                times.segment(partial.timeline(), partial.segment().number(size), stat.modified());
            } else if (name instanceof BackupHistoryName history) {
                backupHistories.add(history);
            }
        }
    }
}
