package org.pgpitr.repository.retention;

import java.time.Duration;
import java.time.Instant;
import java.time.Year;
import java.time.ZonedDateTime;
import java.time.temporal.WeekFields;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTargetTimeline;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.plan.RecoveryPlan;
import org.pgpitr.repository.plan.RecoveryPlanner;
import org.pgpitr.repository.plan.RecoveryRequest;
import org.pgpitr.repository.plan.SimulatedCluster;

/**
 * What a policy keeps, found with brute force: backup by backup, record by record, and by asking the recovery planner
 * what can be recovered.
 */
final class NaiveRetention {
    /** A backup of an era. */
    static final class Taken {
        private final SimulatedHistory.Era era;
        private final BackupSummary backup;
        private final Set<Integer> recoverableAlong = new HashSet<>();

        Taken(SimulatedHistory.Era era, BackupSummary backup) {
            this.era = era;
            this.backup = backup;
            timelines().stream().filter(this::asksThePlanner).forEach(recoverableAlong::add);
        }

        SimulatedHistory.Era era() {
            return era;
        }

        BackupSummary backup() {
            return backup;
        }

        int start() {
            return SimulatedCluster.record(backup.startLsn());
        }

        int stop() {
            return SimulatedCluster.record(backup.stopLsn());
        }

        boolean fits(int timeline) {
            for (int record = start(); record < stop(); record++) {
                if (era.cluster().writer(timeline, record) != backup.timeline().value()) {
                    return false;
                }
            }
            return true;
        }

        boolean isRecoverable(int timeline) {
            return recoverableAlong.contains(timeline);
        }

        boolean isRecoverable() {
            return !recoverableAlong.isEmpty();
        }

        private boolean asksThePlanner(int timeline) {
            return RecoveryPlanner.decide(
                            era.facts().recovery(),
                            new RecoveryRequest(
                                    new RecoveryTarget.Immediate(),
                                    new RecoveryTargetTimeline.Numbered(new TimelineId(timeline)),
                                    Optional.of(backup.id())))
                    instanceof RecoveryPlan;
        }

        List<Integer> timelines() {
            return era.cluster().timelines.stream()
                    .map(SimulatedCluster.Timeline::id)
                    .toList();
        }

        Instant stopped() {
            return backup.stopped();
        }
    }

    private final SimulatedHistory history;
    private final RetentionPolicy policy;
    final List<Taken> all = new ArrayList<>();
    final List<Taken> recoverable;
    final Set<Taken> kept = new HashSet<>();

    NaiveRetention(SimulatedHistory history) {
        this.history = history;
        this.policy = history.policy;
        history.eras.forEach(
                era -> era.facts().recovery().backups().forEach(backup -> all.add(new Taken(era, backup))));
        all.sort(Comparator.comparing(Taken::stopped)
                .thenComparing(t -> t.backup().id()));
        recoverable = all.stream().filter(Taken::isRecoverable).toList();
        if (recoverable.isEmpty()) {
            kept.addAll(all);
        } else {
            keep();
        }
    }

    Taken newest() {
        return recoverable.get(recoverable.size() - 1);
    }

    private void keep() {
        kept.add(newest());
        lines(newest().stopped(), (era, timeline) -> last(all, era, timeline).ifPresent(kept::add));
        policy.window().ifPresent(window -> {
            lines(
                    since(window),
                    (era, timeline) -> last(
                                    all.stream()
                                            .filter(t -> !t.stopped().isAfter(since(window)))
                                            .toList(),
                                    era,
                                    timeline)
                            .ifPresent(kept::add));
            all.stream().filter(t -> !t.stopped().isBefore(since(window))).forEach(kept::add);
        });
        policy.age()
                .ifPresent(age -> all.stream()
                        .filter(t -> !t.stopped().isBefore(since(age)))
                        .forEach(kept::add));
        policy.count()
                .ifPresent(count -> recoverable.stream()
                        .skip(Math.max(0, recoverable.size() - count))
                        .forEach(kept::add));
        KeepCalendar calendar = policy.calendar();
        periods(calendar.daily(), time -> time.toLocalDate().toString());
        periods(
                calendar.weekly(),
                time -> time.get(WeekFields.ISO.weekBasedYear()) + "-"
                        + time.get(WeekFields.ISO.weekOfWeekBasedYear()));
        periods(calendar.monthly(), time -> time.getYear() + "-" + time.getMonth());
        periods(calendar.yearly(), time -> Year.from(time).toString());
        for (Taken taken : all) {
            Pin pin = taken.era().facts().pins().get(taken.backup().id());
            if (pin != null
                            && (pin.until().isEmpty()
                                    || history.now.isBefore(pin.until().get()))
                    || isInUse(taken)) {
                kept.add(taken);
            }
        }
    }

    private static boolean isInUse(Taken taken) {
        return taken.era().facts().inUse().containsKey(taken.backup().id());
    }

    private Instant since(Duration span) {
        return history.now.minus(span);
    }

    private void periods(int count, Function<ZonedDateTime, String> name) {
        Set<String> periods = new HashSet<>();
        recoverable.forEach(
                t -> periods.add(name.apply(t.stopped().atZone(policy.calendar().zone()))));
        // the names' order is not the times' order
        List<String> newestFirst = new ArrayList<>();
        for (int i = recoverable.size() - 1; i >= 0; i--) {
            String period = name.apply(
                    recoverable.get(i).stopped().atZone(policy.calendar().zone()));
            if (!newestFirst.contains(period)) {
                newestFirst.add(period);
                if (newestFirst.size() <= count) {
                    kept.add(recoverable.get(i));
                }
            }
        }
    }

    interface LineVisitor {
        void visit(SimulatedHistory.Era era, int timeline);
    }

    /** Timelines of which something was archived at that moment or later. */
    void lines(Instant since, LineVisitor visitor) {
        for (SimulatedHistory.Era era : history.eras) {
            for (SimulatedCluster.Timeline t : era.cluster().timelines) {
                boolean written = era.files().stream()
                        .anyMatch(
                                f -> f.timeline() == t.id() && !era.archived(f).isBefore(since));
                boolean begun = t.parent() != 0 && !era.time(t.id(), t.begin()).isBefore(since);
                if (written || begun) {
                    visitor.visit(era, t.id());
                }
            }
        }
    }

    static Optional<Taken> last(List<Taken> among, SimulatedHistory.Era era, int timeline) {
        return among.stream()
                .filter(t -> t.era() == era && t.isRecoverable(timeline))
                .reduce((a, b) -> b);
    }

    private Optional<Taken> base(List<Taken> among, SimulatedHistory.Era era, int timeline, Instant since) {
        List<Taken> old =
                among.stream().filter(t -> !t.stopped().isAfter(since)).toList();
        return last(old, era, timeline)
                .or(() -> among.stream()
                        .filter(t -> t.era() == era && t.isRecoverable(timeline))
                        .findFirst());
    }

    /** The files of an era that stay: those that are needed, but for pieces of segments that are archived whole. */
    Set<String> files(SimulatedHistory.Era era) {
        Set<String> places = places(era);
        Set<String> needed = new TreeSet<>();
        era.files().stream()
                .filter(f -> places.contains(place(f.timeline(), f.segment())))
                .forEach(f -> needed.add(f.toString()));
        if (!recoverable.isEmpty()) {
            needed.removeIf(file ->
                    file.endsWith("s") && era.cluster().files.containsKey(file.substring(0, file.length() - 1)));
        }
        return needed;
    }

    private static String place(int timeline, int segment) {
        return timeline + "/" + segment;
    }

    /** The segments of an era that are needed, be they archived or not. */
    private Set<String> places(SimulatedHistory.Era era) {
        Set<String> needed = new TreeSet<>();
        if (recoverable.isEmpty() || !era.facts().recovery().unreadable().isEmpty()) {
            era.files().forEach(f -> addFrom(needed, f.timeline(), 0));
        }
        if (recoverable.isEmpty()) {
            return needed;
        }
        List<Taken> keptInOrder = all.stream().filter(kept::contains).toList();
        for (Taken k : keptInOrder) {
            boolean onward = policy.wal().isEmpty() || isInUse(k) || k.equals(newest());
            fitting(k, era).forEach(timeline -> addRecords(needed, k, timeline, onward ? 1000 : boundary(k)));
        }
        lines(newest().stopped(), (e, timeline) -> {
            if (e == era) {
                last(all, era, timeline).ifPresent(k -> addRecords(needed, k, timeline, 1000));
                if (keptInOrder.stream().noneMatch(k -> k.era() == era && k.fits(timeline))) {
                    addFrom(needed, timeline, 0);
                }
            }
        });
        policy.window()
                .ifPresent(window -> lines(since(window), (e, timeline) -> {
                    if (e == era) {
                        base(all, era, timeline, since(window)).ifPresent(k -> addRecords(needed, k, timeline, 1000));
                    }
                }));
        policy.wal().ifPresent(age -> {
            lines(since(age), (e, timeline) -> {
                if (e == era) {
                    base(keptInOrder, era, timeline, since(age)).ifPresent(k -> addRecords(needed, k, timeline, 1000));
                }
            });
            for (SimulatedCluster.File old : era.files()) {
                if (!era.archived(old).isBefore(since(age))) {
                    addFrom(needed, old.timeline(), old.segment());
                }
            }
        });
        return needed;
    }

    private static Stream<Integer> fitting(Taken k, SimulatedHistory.Era era) {
        return k.era() == era ? k.timelines().stream().filter(k::fits) : Stream.of();
    }

    /** Behind the segment that holds a backup's last record. */
    private static int boundary(Taken k) {
        return ((k.stop() - 1) / SimulatedCluster.RECORDS + 1) * SimulatedCluster.RECORDS;
    }

    private static void addFrom(Set<String> needed, int timeline, int first) {
        for (int segment = first; segment < 100 / SimulatedCluster.RECORDS; segment++) {
            needed.add(place(timeline, segment));
        }
    }

    private static void addRecords(Set<String> needed, Taken k, int timeline, int end) {
        SimulatedCluster cluster = k.era().cluster();
        for (int record = k.start(); record < Math.min(end, 100); record++) {
            needed.add(place(cluster.writer(timeline, record), record / SimulatedCluster.RECORDS));
        }
    }

    /** What is there for the sake of WAL and has still to be, by its key. */
    Set<String> companions(SimulatedHistory.Era era) {
        Set<String> places = places(era);
        Set<String> files = files(era);
        Set<String> needed = new TreeSet<>();
        for (WalCompanion each : era.facts().companions()) {
            int timeline = (int) each.timeline().value();
            boolean stays = recoverable.isEmpty()
                    || switch (each.kind()) {
                        case ROLL_UP -> segments(each).anyMatch(segment -> files.contains(place(timeline, segment)));
                        case REFUSED -> segments(each).anyMatch(segment -> places.contains(place(timeline, segment)));
                        case NAMES -> isNewestForAny(each, era, places);
                    };
            if (stays) {
                needed.add(each.key().value());
            }
        }
        return needed;
    }

    private static Stream<Integer> segments(WalCompanion companion) {
        return Stream.iterate((int) companion.first(), segment -> segment <= companion.last(), segment -> segment + 1);
    }

    /** Whether it tells best what was named how, when WAL begins that is needed, or is of WAL that is needed. */
    private static boolean isNewestForAny(WalCompanion names, SimulatedHistory.Era era, Set<String> places) {
        int timeline = (int) names.timeline().value();
        if (places.contains(place(timeline, (int) names.first()))) {
            return true;
        }
        for (int segment = 1; segment < 100 / SimulatedCluster.RECORDS; segment++) {
            boolean begins =
                    places.contains(place(timeline, segment)) && !places.contains(place(timeline, segment - 1));
            int before = segment;
            boolean newest = names.first() < before
                    && era.facts().companions().stream()
                            .filter(c -> c.kind() == WalCompanion.Kind.NAMES
                                    && c.timeline().equals(names.timeline())
                                    && c.first() < before)
                            .noneMatch(c -> c.first() > names.first()
                                    || c.first() == names.first() && c.key().compareTo(names.key()) > 0);
            if (begins && newest) {
                return true;
            }
        }
        return false;
    }
}
