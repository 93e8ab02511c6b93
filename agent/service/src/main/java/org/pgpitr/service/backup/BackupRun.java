package org.pgpitr.service.backup;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import org.pgpitr.cluster.ArchiverStatus;
import org.pgpitr.cluster.BackupSession;
import org.pgpitr.cluster.BackupStop;
import org.pgpitr.cluster.Role;
import org.pgpitr.cluster.SlotFacts;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.BackupLabel;
import org.pgpitr.postgres.ControlFile;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.backup.BackupCatalog;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.backup.DamagedPage;
import org.pgpitr.repository.backup.ManifestWriter;
import org.pgpitr.repository.lease.Lease;
import org.pgpitr.service.Progress;
import org.pgpitr.service.archive.TimelineHistories;
import org.pgpitr.service.catalog.RelationNames;
import org.pgpitr.service.lease.Heartbeat;

/**
 * One backup under its lease, step by step. What it stores is garbage until the last step, the manifest.
 */
final class BackupRun {
    private static final Duration LOOK_AT_SERVER = Duration.ofSeconds(10);
    private static final int BEGINNINGS = 5;

    private final BackupSource source;
    private final SourceChecks checks;
    private final Generation generation;
    private final BackupId id;
    private final BackupOptions options;
    private final Heartbeat heartbeat;
    private final Progress progress;
    private final Clock clock;
    private final SegmentArrival arrival;

    BackupRun(
            BackupSource source,
            SourceChecks checks,
            Generation generation,
            BackupId id,
            BackupOptions options,
            Heartbeat heartbeat,
            Progress progress,
            Clock clock) {
        this.source = source;
        this.checks = checks;
        this.generation = generation;
        this.id = id;
        this.options = options;
        this.heartbeat = heartbeat;
        this.progress = progress;
        this.clock = clock;
        this.arrival = new SegmentArrival(new WalArchive(generation), source, options, progress, clock);
    }

    BackupSummary run(Lease lease) throws InterruptedException {
        ArchiveProof proof = new ArchiveProof(source, arrival);
        proof.prove("pgpitr backup " + id);
        options.slot().ifPresent(this::tellOfDeadStream);
        Map<Long, String> tablespaceNames = new HashMap<>(source.server().tablespaceNames());
        DamageReport damage = new DamageReport(options.onDamage(), progress);
        try (ManifestWriter manifest = new ManifestWriter(generation, id);
                Lanes lanes = new Lanes(generation, id, manifest, Lanes.FULL)) {
            EndedBackup ended;
            try (Begun begun = begin()) {
                BackupSession session = begun.session();
                archiveHistory(session.timeline());
                proof.proveSince(session.timeline(), session.startLsn());
                copy(begun, lanes, damage);
                ended = end(session);
            }
            tablespaceNames.putAll(source.server().tablespaceNames());
            List<DamagedPage> damagedPages = damage.finish(ended.stop().stopLsn());
            ended.store(lanes);
            captureNames();
            awaitWal(ended);
            heartbeat.check();
            BackupSummary summary =
                    ended.summary(id, source.facts(), tablespaceNames, damagedPages, manifest, lanes.totals());
            new BackupCatalog(generation).commit(manifest, summary, lanes.totals(), lease);
            return summary;
        }
    }

    /** Archiving that works must not hide it: the backup is good without, but later moments may be lost. */
    private void tellOfDeadStream(String slot) {
        if (source.server().slot(slot).flatMap(SlotFacts::activePid).isEmpty()) {
            progress.say(
                    "nobody receives from replication slot \"" + slot + "\": the backup does not need the stream, but"
                            + " what is written from now on may be lost with the server; `pgpitr check` tells more");
        }
    }

    private void captureNames() {
        try (RelationNames names = RelationNames.read(source.server())) {
            names.unread()
                    .forEach((database, reason) -> progress.say("`pgpitr find` will know the relations of database \""
                            + database + "\" by their numbers only: " + reason));
            names.catalog().storeWith(generation, id.value());
        }
    }

    /**
     * A backup that the server has begun.
     *
     * @param tablespaces their oids as of its start
     */
    private record Begun(BackupSession session, SortedSet<String> tablespaces) implements AutoCloseable {
        @Override
        public void close() {
            session.close();
        }
    }

    /**
     * Begins, and knows which tablespaces the start has seen: only these are in the {@code tablespace_map}, which comes
     * at the end. One that was created while the backup began may be in it or not; then it begins again.
     */
    private Begun begin() throws InterruptedException {
        for (int beginning = 1; ; beginning++) {
            SortedSet<String> before = tablespaces();
            BackupSession session = source.server().startBackup(label(), options.checkpoint());
            boolean begun = false;
            try {
                checks.verifyCheckpoint(LocalControlFile.read(source.dataDirectory()), session.startLsn());
                if (before.containsAll(tablespaces())) {
                    begun = true;
                    return new Begun(session, before);
                }
            } finally {
                if (!begun) {
                    session.close();
                }
            }
            if (beginning == BEGINNINGS) {
                throw new PgpitrException(
                        ExitCode.POSTGRES_UNAVAILABLE,
                        "a tablespace was created while the backup began, " + BEGINNINGS + " times in a row",
                        "take the backup again");
            }
            progress.say("a tablespace was created while the backup began; it begins again");
        }
    }

    /** The server will not offer it again, and this archive may have begun after the promotion. */
    private void archiveHistory(TimelineId timeline) {
        TimelineHistories histories = new TimelineHistories(source.dataDirectory(), new WalArchive(generation));
        if (histories.archive(timeline) == TimelineHistories.Place.NOWHERE) {
            progress.say(
                    "the history of timeline " + timeline + " is neither in pg_wal nor in the archive; a recovery can"
                            + " follow this timeline, but none that begins before it");
        }
    }

    private SortedSet<String> tablespaces() {
        try {
            return TablespaceDirectories.read(source.dataDirectory());
        } catch (IOException e) {
            throw LocalFiles.unreadable(source.dataDirectory().resolve(TablespaceDirectories.PARENT), e);
        }
    }

    private String label() {
        return options.label().isEmpty() ? "pgpitr " + id : options.label();
    }

    private void copy(Begun begun, Lanes lanes, DamageReport damage) throws InterruptedException {
        int catalogVersion =
                LocalControlFile.read(source.dataDirectory()).identity().catalogVersion();
        FileList files = source.scan(catalogVersion, begun.tablespaces(), progress);
        Optional<PageCheck> pages = source.pageCheck(begun.session().startLsn());
        ParallelCopy copy = new ParallelCopy(
                files, lanes, damage, () -> new FileCopier(source.dataDirectory(), pages, FileBytes::open, progress));
        progress.begin("copying", files.totalBytes());
        try {
            copy.run(options.workers(), new Watch(begun.session()));
        } finally {
            progress.end();
        }
    }

    /**
     * Sees to it that the copying stops when it is in vain, and says when archiving begins to fail, which can still be
     * mended. Both connections are used, so that neither is cut off for being idle.
     */
    private final class Watch implements Runnable {
        private final BackupSession session;
        private Optional<ArchiverStatus.Attempt> said = Optional.empty();
        private Instant next = clock.instant().plus(LOOK_AT_SERVER);

        Watch(BackupSession session) {
            this.session = session;
        }

        @Override
        public void run() {
            heartbeat.check();
            if (!clock.instant().isBefore(next)) {
                session.verifyAlive();
                sayIfArchivingFails(source.server().archiver().standingFailure());
                next = clock.instant().plus(LOOK_AT_SERVER);
            }
        }

        private void sayIfArchivingFails(Optional<ArchiverStatus.Attempt> failure) {
            boolean isNew = failure.isPresent()
                    && said.filter(before ->
                                    before.walFile().equals(failure.get().walFile()))
                            .isEmpty();
            if (isNew) {
                progress.say("archiving of " + failure.get().walFile()
                        + " fails, and the backup needs its WAL; the server's log says why");
                said = failure;
            }
        }
    }

    /**
     * {@code pg_control} is read behind all data: a backup from a standby becomes consistent where its
     * {@code minRecoveryPoint} says, and that has to cover every page. It is read before the end, so that it never asks
     * for WAL behind the end.
     */
    private EndedBackup end(BackupSession session) throws InterruptedException {
        LocalControlFile control = LocalControlFile.read(source.dataDirectory());
        BackupStop stop = session.stop();
        EndedBackup ended = new EndedBackup(session.started(), stop, BackupLabel.parse(stop.backupLabel()), control);
        LocalControlFile.read(source.dataDirectory()).content().ifPresent(now -> verifyTimeline(ended.timeline(), now));
        return ended;
    }

    private void verifyTimeline(TimelineId start, ControlFile now) {
        long timeline = source.facts().role() == Role.PRIMARY ? now.timeline().value() : now.minRecoveryPointTimeline();
        if (timeline != 0 && timeline != start.value()) {
            throw new PgpitrException(
                    ExitCode.POSTGRES_UNAVAILABLE,
                    "the backup is void: it began on timeline " + start + ", and the server went on to timeline "
                            + timeline,
                    "take the backup again");
        }
    }

    private void awaitWal(EndedBackup ended) throws InterruptedException {
        WalSegmentSize size = source.facts().segmentSize();
        arrival.awaitAll(
                ended.timeline(),
                size.segmentNumber(ended.label().startLsn()),
                size.segmentNumberBefore(ended.stop().stopLsn()));
    }
}
