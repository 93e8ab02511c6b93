package org.pgpitr.service.verify;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.PartialSegmentName;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalFileName;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.archive.WalArchive;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.LaneTotals;
import org.pgpitr.repository.plan.DamagedWal;
import org.pgpitr.repository.plan.FoundDamage;
import org.pgpitr.repository.plan.RecoveryFacts;
import org.pgpitr.repository.plan.RecoveryPlan;
import org.pgpitr.repository.plan.RecoveryStop;
import org.pgpitr.repository.plan.WalRange;
import org.pgpitr.repository.plan.WholeBackups;
import org.pgpitr.repository.stream.PieceChain;
import org.pgpitr.repository.stream.StreamArchive;
import org.pgpitr.service.Progress;

/**
 * Reads all that a plan's restore and recovery would read, and looks at it as a whole verification does: the chosen backup,
 * and the WAL from its start to where the recovery stops. What was found sound for one plan is not read again for the next.
 */
public final class PlannedContent implements WholeBackups.Look {
    private final Generation generation;
    private final WalSegmentSize size;
    private final RecoveryFacts facts;
    private final int workers;
    private final Progress progress;
    private final Tally tally = new Tally();
    private final Map<String, Finding> found = new LinkedHashMap<>();
    private final Set<BackupId> soundBackups = new HashSet<>();
    private final Set<WalRange> soundWal = ConcurrentHashMap.newKeySet();

    /**
     * @param facts that the plans rest on
     * @param workers how much is read at the same time
     * @param progress hears how far it is, and what is found
     * @throws PgpitrException USAGE if the heap does not hold what the workers need
     */
    public PlannedContent(Generation generation, RecoveryFacts facts, int workers, Progress progress) {
        Memory.require(generation.identity().segmentSize(), workers);
        this.generation = generation;
        this.size = generation.identity().segmentSize();
        this.facts = facts;
        this.workers = workers;
        this.progress = progress;
    }

    /** All that was read and found until now, for whatever plan. */
    public ContentRead read() {
        return new ContentRead(
                tally.verified(0),
                found.values().stream()
                        .sorted(Comparator.comparing(Finding::severity)
                                .thenComparing(Finding::kind)
                                .thenComparing(Finding::subject))
                        .toList());
    }

    /**
     * @throws PgpitrException NO_KEY if something can't be decrypted
     * @throws java.util.concurrent.CancellationException if the thread is interrupted
     */
    @Override
    public FoundDamage at(RecoveryPlan plan) {
        // Anew each time: of each kind so many are kept, and those of the last plan are not in this one's way.
        Findings findings = new Findings(progress);
        BackupId id = plan.backup().id();
        List<SurveyedBackup> unread = soundBackups.contains(id)
                ? List.of()
                : new ManifestSurvey(generation, id, findings, tally)
                        .run().stream().toList();
        requireDecrypted(findings);
        FoundDamage damage = Damage.of(findings.sorted());
        if (damage.isNone()) {
            Set<WalFileName> gone = read(plan, unread, findings);
            requireDecrypted(findings);
            damage = Damage.of(findings.sorted());
            if (damage.isNone()) {
                gone.addAll(gone(plan.wal()));
            }
            damage = damage.with(deleted(gone));
        }
        findings.sorted().forEach(each -> found.putIfAbsent(each.kind() + " " + each.subject(), each));
        if (damage.backups().isEmpty()) {
            // A backup goes manifest first, and WAL that it needs goes behind it.
            if (generation
                    .store()
                    .stat(generation.layout().manifest(id.value()))
                    .isEmpty()) {
                return FoundDamage.of(id, "it was deleted while it was read");
            }
            soundBackups.add(id);
        }
        return damage;
    }

    private static void requireDecrypted(Findings findings) {
        findings.of(RepositoryFinding.NotDecrypted.class).stream().findFirst().ifPresent(locked -> {
            throw new PgpitrException(
                    ExitCode.NO_KEY,
                    locked.what() + " can't be read: " + locked.reason(),
                    "plan where an identity is configured that opens it: `identity_file` in [encryption]");
        });
    }

    /** Which WAL was not there any more. */
    private Set<WalFileName> read(RecoveryPlan plan, List<SurveyedBackup> backups, Findings findings) {
        Set<WalFileName> gone = ConcurrentHashMap.newKeySet();
        List<WalRange> wal = unread(plan.wal());
        Lsn neededTo = plan.stop().map(RecoveryStop::read).orElse(WalVerification.TO_THE_END);
        Iterator<Workers.Piece> ofWal = wal.stream()
                .map(range -> (Workers.Piece) readAhead -> {
                    if (isSound(range, neededTo, findings, gone)) {
                        soundWal.add(range);
                    }
                })
                .iterator();
        progress.begin("reading backup and WAL", bytes(backups, wal));
        try (LanePieces lanes = new LanePieces(generation, backups, stated -> true)) {
            new Workers(workers)
                    .run(() -> lanes.next()
                            .map(lane -> (Workers.Piece)
                                    new LaneVerification(generation, lane, findings, tally, progress)::run)
                            .or(() -> ofWal.hasNext() ? Optional.of(ofWal.next()) : Optional.empty()));
        } finally {
            progress.end();
        }
        return gone;
    }

    /** An expiry takes WAL also behind backups that stay, and nothing keeps it from a plan's. */
    private Set<WalFileName> gone(List<WalRange> wal) {
        Set<WalFileName> gone = new HashSet<>();
        Map<TimelineId, ArchivedWal> there = new HashMap<>();
        for (WalRange range : wal) {
            ArchivedWal archived =
                    there.computeIfAbsent(range.timeline(), any -> new WalArchive(generation).scan(range.first()));
            long first = range.first().number(size);
            if (range.form() == WalRange.Form.WHOLE) {
                archived.firstMissing(range.timeline(), first, range.last().number(size))
                        .ifPresent(missing -> gone.add(WalSegmentName.of(range.timeline(), missing, size)));
            } else if (range.form() == WalRange.Form.PARTIAL && !archived.containsPartial(range.timeline(), first)) {
                gone.add(new PartialSegmentName(range.first()));
            }
        }
        return gone;
    }

    private Map<WalSegmentName, DamagedWal> deleted(Set<WalFileName> gone) {
        Map<WalSegmentName, DamagedWal> deleted = new HashMap<>();
        for (WalFileName file : gone) {
            deleted.put(
                    file instanceof PartialSegmentName partial ? partial.segment() : (WalSegmentName) file,
                    new DamagedWal(file, generation.layout().wal(file), "it was deleted while this plan was made"));
        }
        return deleted;
    }

    /** In parts that a worker reads in one go, which are the same for all plans but at the ends of their WAL. */
    private List<WalRange> unread(List<WalRange> wal) {
        List<WalRange> parts = new ArrayList<>();
        long at = WalBlock.segments(size);
        for (WalRange range : wal) {
            long last = range.last().number(size);
            for (long first = range.first().number(size) / at * at; first <= last; first += at) {
                range.within(first, first + at - 1, size)
                        .filter(part -> !soundWal.contains(part))
                        .ifPresent(parts::add);
            }
        }
        return parts;
    }

    private long bytes(List<SurveyedBackup> backups, List<WalRange> wal) {
        return backups.stream()
                        .flatMap(backup -> backup.lanes().stream())
                        .mapToLong(LaneTotals::plainBytes)
                        .sum()
                + wal.stream().mapToLong(this::segments).sum() * size.bytes();
    }

    private long segments(WalRange range) {
        return range.last().number(size) - range.first().number(size) + 1;
    }

    private boolean isSound(WalRange range, Lsn neededTo, Findings findings, Set<WalFileName> gone) {
        WalSegmentName first = range.first();
        BooleanSupplier archived = () -> isArchivedSound(files(range), neededTo, findings, gone);
        if (range.form() != WalRange.Form.STREAMED
                || generation.store().stat(generation.layout().wal(first)).isPresent()) {
            return archived.getAsBoolean(); // what was streamed may be archived by now, as all whole ones
        }
        PieceChain chain = PieceChain.from(first.start(size), new StreamArchive(generation).pieces(first));
        Lsn planned =
                facts.wal().streamedTo(range.timeline(), first.number(size)).orElse(first.end(size));
        return chain.end().isBefore(neededTo.isBefore(planned) ? neededTo : planned)
                ? archived.getAsBoolean()
                : new BesideChecks(generation, facts.wal(), findings, tally).stream(first, chain, neededTo, archived);
    }

    private boolean isArchivedSound(List<WalFileName> files, Lsn neededTo, Findings findings, Set<WalFileName> gone) {
        WalVerification verification =
                new WalVerification(generation, facts.wal(), facts.histories(), neededTo, findings, tally, progress);
        boolean sound = verification.run(files);
        gone.addAll(verification.gone());
        return sound && verification.gone().isEmpty();
    }

    private List<WalFileName> files(WalRange range) {
        return range.form() == WalRange.Form.PARTIAL
                ? List.of(new PartialSegmentName(range.first()))
                : LongStream.rangeClosed(
                                range.first().number(size), range.last().number(size))
                        .<WalFileName>mapToObj(number -> WalSegmentName.of(range.timeline(), number, size))
                        .toList();
    }
}
