package org.pgpitr.repository.plan;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTargetTimeline;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.backup.BackupSummary;

/**
 * Picks the newest backup from which a target is reachable along the timelines, with all the WAL that takes. A pure
 * function of its arguments.
 *
 * <p>Timelines: {@code latest} is the newest timeline known that any backup leads onto (PostgreSQL's
 * {@code findNewestTimeLine()} would take the newest of all and then fail where the backup does not lead there);
 * {@code current} is each backup's own; a number must be known. For the target {@code immediate}, {@code latest} is
 * told for each backup by itself, because it is the newest backup that is wanted, not the newest timeline.
 */
public final class RecoveryPlanner {
    private static final BackupId OLDEST = BackupId.at(Instant.EPOCH);

    private final RecoveryFacts facts;
    private final RecoveryRequest request;
    private final StopSearch search;
    private final Timelines timelines;
    /** Newest first; those that may be used. */
    private final List<BackupSummary> backups;

    private RecoveryPlanner(RecoveryFacts facts, RecoveryRequest request, StopSearch search) {
        this.facts = facts;
        this.request = request;
        this.search = search;
        this.timelines = new Timelines(facts);
        this.backups = facts.backups().stream()
                .filter(b ->
                        request.backup().isEmpty() || request.backup().get().equals(b.id()))
                .sorted(Comparator.comparing(BackupSummary::stopped)
                        .thenComparing(BackupSummary::id)
                        .reversed())
                .toList();
    }

    /**
     * A plan, or why there is none.
     *
     * @param search tells where a recovery stops, as the WAL itself tells it
     */
    public static RecoveryDecision decide(RecoveryFacts facts, RecoveryRequest request, StopSearch search) {
        RecoveryDecision decision = new RecoveryPlanner(facts, request, search).decide();
        return decision instanceof Unreachable refusal && refusal.isOfThisTarget()
                ? elsewhere(facts, refusal, search)
                : decision;
    }

    /** Names the timeline on which the target lies, if it is another one than those that were followed. */
    private static Unreachable elsewhere(RecoveryFacts facts, Unreachable refusal, StopSearch search) {
        RecoveryRequest request = refusal.request();
        for (TimelineId timeline : new Timelines(facts).known().descendingSet()) {
            RecoveryRequest there = new RecoveryRequest(
                    request.target(), new RecoveryTargetTimeline.Numbered(timeline), request.backup());
            if (!there.equals(request)
                    && new RecoveryPlanner(facts, there, search).decide() instanceof RecoveryPlan plan
                    && plan.stop().isPresent()) {
                return refusal.because(refusal.reason() + "; on timeline " + timeline
                        + " it can be reached, with `--target-timeline " + timeline + "`");
            }
        }
        return refusal;
    }

    /** As {@link #decide(RecoveryFacts, RecoveryRequest, StopSearch)}, by names alone. */
    public static RecoveryDecision decide(RecoveryFacts facts, RecoveryRequest request) {
        return decide(facts, request, StopSearch.NAMES_ALONE);
    }

    /**
     * A plan.
     *
     * @throws org.pgpitr.error.PgpitrException TARGET_UNREACHABLE, with the reason and the nearest reachable moments
     */
    public static RecoveryPlan plan(RecoveryFacts facts, RecoveryRequest request) {
        return decide(facts, request).orElseThrow();
    }

    private RecoveryDecision decide() {
        if (facts.backups().isEmpty()) {
            return unreachable(request.backup().map(this::missingBackup).orElseGet(this::noBackup), List.of());
        }
        if (backups.isEmpty()) {
            return unreachable(missingBackup(request.backup().orElseThrow()), List.of());
        }
        if (request.timeline() instanceof RecoveryTargetTimeline.Numbered numbered
                && !timelines.known().contains(numbered.timeline())) {
            TimelineId timeline = numbered.timeline();
            return unreachable(
                    facts.damage().histories().containsKey(timeline)
                            ? "timeline " + timeline + " can't be followed: "
                                    + facts.damage().history(timeline)
                            : "timeline " + timeline
                                    + " is not known: its history file is not in the archive, and no backup was taken on it",
                    List.of());
        }
        if (request.target() instanceof RecoveryTarget.Time time && time.time().isAfter(facts.asOf())) {
            return unreachable("time " + time.time() + " lies in the future (it is " + facts.asOf() + ")", List.of());
        }
        return choose(backups.stream().map(ways()).toList());
    }

    private String noBackup() {
        return facts.unreadable().stream()
                .max(Comparator.comparing(PassedOver::id))
                .map(newest -> "no backup can be used; backup " + newest.id() + ": " + newest.reason())
                .orElse("there is no backup");
    }

    private String missingBackup(BackupId id) {
        return facts.unreadable().stream()
                .filter(u -> u.id().equals(id))
                .findFirst()
                .map(u -> "backup " + id + " can't be used: " + u.reason())
                .orElse("there is no backup " + id);
    }

    /** A backup, and the path to take with it. */
    private record Way(BackupSummary backup, WalPath path) {}

    private Function<BackupSummary, Way> ways() {
        RecoveryTargetTimeline wanted = request.timeline();
        if (wanted instanceof RecoveryTargetTimeline.Numbered numbered) {
            return b -> new Way(b, timelines.path(numbered.timeline()));
        }
        boolean endOfWal = request.target() instanceof RecoveryTarget.EndOfWal;
        if (wanted instanceof RecoveryTargetTimeline.Current) {
            // The end of another timeline than the newest backup's would be another moment altogether.
            TimelineId newest = backups.get(0).timeline();
            return b -> new Way(b, timelines.path(endOfWal ? newest : b.timeline()));
        }
        if (request.target() instanceof RecoveryTarget.Immediate) {
            return b -> new Way(b, timelines.path(timelines.newestFrom(b)));
        }
        TimelineId newest = backups.stream()
                .map(timelines::newestFrom)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        return b -> new Way(b, timelines.path(newest));
    }

    /**
     * A newer timeline that {@code latest} may mean and that can't be followed, in a clause: PostgreSQL would take any that
     * has a history ({@code findNewestTimeLine()}).
     */
    private Optional<String> unfollowed(List<Way> ways) {
        if (!(request.timeline() instanceof RecoveryTargetTimeline.Latest)) {
            return Optional.empty();
        }
        return ways.stream()
                .map(way -> way.path().path().timeline())
                .max(Comparator.naturalOrder())
                .flatMap(followed -> facts.damage().newerThan(followed).stream().findFirst())
                .map(timeline -> "timeline " + timeline + " can't be followed, since "
                        + facts.damage().history(timeline));
    }

    private RecoveryDecision choose(List<Way> ways) {
        Optional<String> unfollowed = unfollowed(ways);
        if (unfollowed.isPresent() && request.target() instanceof RecoveryTarget.EndOfWal) {
            return unreachable(
                    request.target() + " of the newest timeline can't be reached: " + unfollowed.get(), List.of());
        }
        TargetRule rule = TargetRule.of(facts, request, search);
        List<PassedOver> passedOver = new ArrayList<>();
        List<Judgement.Fails> failures = new ArrayList<>();
        Optional<Choice> doubtful = Optional.empty();
        for (Way way : ways) {
            Candidate candidate = Candidate.of(way.backup(), way.path(), facts);
            Judgement judgement = judge(rule, candidate);
            if (judgement instanceof Judgement.Fails fails) {
                failures.add(fails);
                passedOver.add(new PassedOver(way.backup().id(), fails.reason()));
                continue;
            }
            Choice choice = new Choice(candidate, (Judgement.Serves) judgement, List.copyOf(passedOver));
            if (choice.serves().certainty() == Judgement.Certainty.SURE) {
                return plan(choice);
            }
            // The oldest of the doubtful ones is the least so.
            doubtful = Optional.of(choice);
            passedOver.add(new PassedOver(way.backup().id(), "the target may lie before its end"));
        }
        return doubtful.<RecoveryDecision>map(this::plan).orElseGet(() -> refusal(failures, passedOver, unfollowed));
    }

    private record Choice(Candidate candidate, Judgement.Serves serves, List<PassedOver> passedOver) {}

    private Judgement judge(TargetRule rule, Candidate candidate) {
        return timelines
                .misfit(candidate.backup(), candidate.path())
                .or(() -> candidate.defect(facts))
                .<Judgement>map(reason -> new Judgement.Fails(Judgement.Cause.BACKUP, reason))
                .orElseGet(() -> rule.judge(candidate));
    }

    private RecoveryPlan plan(Choice choice) {
        Candidate candidate = choice.candidate();
        BackupSummary backup = candidate.backup();
        List<WalRange> wal = candidate
                .path()
                .ranges(
                        facts.segmentSize().segmentNumber(backup.startLsn()),
                        choice.serves().walEnd());
        List<String> notes = new ArrayList<>(choice.serves().notes());
        notes.addAll(new PlanNotes(facts, request, timelines).of(candidate, wal));
        return new RecoveryPlan(
                backup,
                request.target(),
                candidate.path().path(),
                wal,
                choice.serves().stop(),
                backup.storedBytes(),
                candidate.path().storedBytes(wal),
                withUnreadable(choice.passedOver(), backup.id()),
                notes);
    }

    private Unreachable refusal(
            List<Judgement.Fails> failures, List<PassedOver> passedOver, Optional<String> unfollowed) {
        Judgement.Cause cause = failures.stream()
                .map(Judgement.Fails::cause)
                .min(Comparator.naturalOrder())
                .orElseThrow();
        List<Integer> indexes = new ArrayList<>();
        for (int i = 0; i < failures.size(); i++) {
            if (failures.get(i).cause() == cause) {
                indexes.add(i);
            }
        }
        // Of those that the target is too early for, the oldest is the one that comes nearest to it.
        int index = cause == Judgement.Cause.TOO_EARLY ? indexes.get(indexes.size() - 1) : indexes.get(0);
        PassedOver which = passedOver.get(index);
        String reason = cause == Judgement.Cause.WAL
                ? request.target() + " can't be reached: " + which.reason()
                : request.target() + " can't be reached from backup " + which.id() + ": " + which.reason();
        return unreachable(reason + unfollowed.map(u -> "; " + u).orElse(""), passedOver);
    }

    private Unreachable unreachable(String reason, List<PassedOver> passedOver) {
        return new Unreachable(
                request,
                reason,
                new ReachableRanges(facts, timelines).nearest(request),
                withUnreadable(passedOver, OLDEST));
    }

    /** Puts in the unreadable backups that are newer than one, newest first. */
    private List<PassedOver> withUnreadable(List<PassedOver> passedOver, BackupId than) {
        List<PassedOver> all = new ArrayList<>(passedOver);
        if (request.backup().isEmpty()) {
            facts.unreadable().stream().filter(u -> u.id().compareTo(than) > 0).forEach(all::add);
        }
        all.sort(Comparator.comparing(PassedOver::id).reversed());
        return all;
    }
}
