package org.pgpitr.repository.retention;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.plan.PassedOver;
import org.pgpitr.repository.plan.WalRange;
import org.pgpitr.repository.retention.Reason.Kind;

/**
 * Decides what may be deleted. A pure function of its arguments.
 *
 * <p>Beyond the policy, always: the newest backup of the cluster that can be recovered stays with all WAL from it on,
 * and so does the newest one for each timeline that was written later; what can't be understood stays, with all that it
 * might need; and where no backup can be recovered, nothing goes.
 */
public final class RetentionPlanner {
    private final Cluster cluster;
    private final RetentionPolicy policy;
    private final Optional<String> refusal;

    private RetentionPlanner(RetentionFacts facts, RetentionPolicy policy) {
        this.cluster = new Cluster(facts);
        this.policy = policy;
        this.refusal = cluster.newest().isPresent() ? Optional.empty() : Optional.of(refusal());
    }

    /** @throws IllegalArgumentException if the policy speaks of no backup */
    public static RetentionPlan plan(RetentionFacts facts, RetentionPolicy policy) {
        if (!policy.keepsBackups()) {
            throw new IllegalArgumentException("the policy does not say which backups stay");
        }
        return new RetentionPlanner(facts, policy).plan();
    }

    private String refusal() {
        boolean none = cluster.generations().stream()
                .allMatch(g -> g.recovery().backups().isEmpty()
                        && g.recovery().unreadable().isEmpty());
        return none ? "there is no backup" : "no backup can be recovered";
    }

    private RetentionPlan plan() {
        Map<KnownBackup, List<Reason>> backups = BackupRules.apply(cluster, policy);
        refusal.ifPresent(why ->
                backups.values().forEach(reasons -> reasons.add(new Reason(Kind.NOTHING_RECOVERABLE, why))));
        List<KnownBackup> kept = backups.entrySet().stream()
                .filter(e -> !e.getValue().isEmpty())
                .map(Map.Entry::getKey)
                .toList();
        return new RetentionPlan(
                policy,
                cluster.now(),
                cluster.generations().stream()
                        .map(generation -> generation(generation, backups, kept))
                        .toList(),
                refusal);
    }

    private GenerationPlan generation(
            GenerationFacts generation, Map<KnownBackup, List<Reason>> backups, List<KnownBackup> kept) {
        WalNeeds needs = WalRules.apply(cluster, policy, generation, kept);
        WalSegmentSize size = generation.recovery().segmentSize();
        List<WalVerdict> wal = wal(generation, needs);
        return new GenerationPlan(
                generation.generation(),
                verdicts(generation, backups),
                wal,
                refusal.isPresent()
                        ? List.of()
                        : generation.backupHistories().stream()
                                .filter(h -> !needs.contains(
                                        h.timeline(), h.segment().number(size)))
                                .toList(),
                generation.pieces().stream()
                        .map(pieces -> verdict(generation, pieces, needs))
                        .toList(),
                generation.leftovers().stream()
                        .map(left -> new LeftoverVerdict(left, reasons(generation, left)))
                        .toList(),
                CompanionRules.apply(
                        generation.companions(),
                        needs,
                        wal,
                        cluster.ways(generation).timelines(),
                        size,
                        refusal),
                generation.recovery().wal().unknownObjects());
    }

    private static List<BackupVerdict> verdicts(GenerationFacts generation, Map<KnownBackup, List<Reason>> backups) {
        List<BackupVerdict> verdicts = new ArrayList<>();
        backups.forEach((backup, reasons) -> {
            if (backup.generation().generation() == generation.generation()) {
                verdicts.add(new BackupVerdict(backup.id(), Optional.of(backup.backup()), reasons, backup.defect()));
            }
        });
        for (PassedOver unreadable : generation.recovery().unreadable()) {
            verdicts.add(new BackupVerdict(
                    unreadable.id(),
                    Optional.empty(),
                    List.of(new Reason(Kind.UNKNOWN, "it can't be read, and what can't be understood stays")),
                    Optional.of(unreadable.reason())));
        }
        verdicts.sort(Comparator.comparing(BackupVerdict::id));
        return verdicts;
    }

    private static List<Reason> reasons(GenerationFacts generation, Leftover left) {
        if (left.unknown().isPresent()) {
            return List.of(new Reason(
                    Kind.UNKNOWN,
                    "pgpitr does not know object " + left.unknown().get() + ", and what can't be understood stays"));
        }
        if (generation.writer().isPresent()) {
            return List.of(new Reason(
                    Kind.UNDER_WAY,
                    "it may be the backup that is being taken: "
                            + generation.writer().get()));
        }
        return Optional.ofNullable(generation.inUse().get(left.id()))
                .map(user -> List.of(new Reason(Kind.IN_USE, user)))
                .orElse(List.of());
    }

    private PiecesVerdict verdict(GenerationFacts generation, SegmentPieces pieces, WalNeeds needs) {
        TimelineId timeline = pieces.segment().timeline();
        long segment = pieces.segment().number(generation.recovery().segmentSize());
        List<Reason> reasons = reasonsAt(needs, timeline, segment);
        ArchivedWal wal = generation.recovery().wal();
        boolean object =
                wal.contains(timeline, segment) && !wal.inPieces(timeline).contains(segment);
        if (object && refusal.isEmpty()) {
            return new PiecesVerdict(pieces, PiecesVerdict.Fate.ARCHIVED_WHOLE, List.of());
        }
        return new PiecesVerdict(
                pieces, reasons.isEmpty() ? PiecesVerdict.Fate.NOT_NEEDED : PiecesVerdict.Fate.STAYS, reasons);
    }

    private List<Reason> reasonsAt(WalNeeds needs, TimelineId timeline, long segment) {
        return refusal.map(why -> List.of(new Reason(Kind.NOTHING_RECOVERABLE, why)))
                .orElseGet(() -> needs.reasons(timeline, segment));
    }

    private List<WalVerdict> wal(GenerationFacts generation, WalNeeds needs) {
        List<WalVerdict> verdicts = new ArrayList<>();
        for (TimelineId timeline : generation.recovery().wal().timelines()) {
            new Cut(generation, timeline, needs).verdicts(verdicts);
        }
        return verdicts;
    }

    /** Cuts the archived segments of a timeline where what is needed begins and ends. */
    private final class Cut {
        private final WalSegmentSize size;
        private final ArchivedWal wal;
        private final TimelineId timeline;
        private final WalNeeds needs;

        Cut(GenerationFacts generation, TimelineId timeline, WalNeeds needs) {
            this.size = generation.recovery().segmentSize();
            this.wal = generation.recovery().wal();
            this.timeline = timeline;
            this.needs = needs;
        }

        void verdicts(List<WalVerdict> all) {
            List<WalVerdict> found = new ArrayList<>();
            wal.runs(timeline).forEach(run -> objects(run, found));
            for (long partial : new TreeSet<>(wal.partials(timeline))) {
                found.add(new WalVerdict(
                        range(partial, partial, WalRange.Form.PARTIAL), 1, 0, reasonsAt(needs, timeline, partial)));
            }
            found.sort(Comparator.comparing(WalVerdict::first)
                    .thenComparing(v -> v.range().form()));
            all.addAll(found);
        }

        /** Without the segments that are there only in pieces. */
        private void objects(ArchivedWal.Run run, List<WalVerdict> found) {
            long next = run.first();
            for (long inPieces : wal.inPieces(timeline).subSet(run.first(), run.last() + 1)) {
                run(new ArchivedWal.Run(timeline, next, inPieces - 1), found);
                next = inPieces + 1;
            }
            run(new ArchivedWal.Run(timeline, next, run.last()), found);
        }

        private void run(ArchivedWal.Run run, List<WalVerdict> found) {
            long next = run.first();
            for (WalNeeds.Joined need : needs.of(timeline)) {
                if (need.last() < next || need.first() > run.last()) {
                    continue;
                }
                add(next, need.first() - 1, found);
                long last = Math.min(run.last(), need.last());
                add(Math.max(next, need.first()), last, found);
                next = last + 1;
            }
            add(next, run.last(), found);
        }

        private void add(long first, long last, List<WalVerdict> found) {
            if (first <= last) {
                found.add(new WalVerdict(
                        range(first, last, WalRange.Form.WHOLE),
                        last - first + 1,
                        wal.storedBytes(timeline, first, last),
                        reasonsAt(needs, timeline, first)));
            }
        }

        private WalRange range(long first, long last, WalRange.Form form) {
            return new WalRange(
                    timeline, WalSegmentName.of(timeline, first, size), WalSegmentName.of(timeline, last, size), form);
        }
    }
}
