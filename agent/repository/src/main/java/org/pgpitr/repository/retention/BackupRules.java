package org.pgpitr.repository.retention;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.pgpitr.repository.retention.Reason.Kind;

/**
 * Which backups stay, and why. What can't be recovered takes no place of what can: it is kept by the rules that speak of
 * times, and counted by none.
 */
final class BackupRules {
    private final Cluster cluster;
    private final RetentionPolicy policy;
    private final Map<KnownBackup, List<Reason>> kept = new LinkedHashMap<>();

    private BackupRules(Cluster cluster, RetentionPolicy policy) {
        this.cluster = cluster;
        this.policy = policy;
        cluster.backups().forEach(b -> kept.put(b, new ArrayList<>()));
    }

    /** All backups, oldest first, each with the reasons why it stays; none: it goes. */
    static Map<KnownBackup, List<Reason>> apply(Cluster cluster, RetentionPolicy policy) {
        BackupRules rules = new BackupRules(cluster, policy);
        rules.newest();
        policy.window().ifPresent(rules::window);
        policy.age().ifPresent(rules::age);
        policy.count().ifPresent(rules::count);
        rules.calendar(policy.calendar());
        rules.pinsAndUsers();
        return rules.kept;
    }

    private void keep(KnownBackup backup, Kind kind, String text) {
        kept.get(backup).add(new Reason(kind, text));
    }

    /** A failover may have left the newest backup on a branch that nobody writes any more. */
    private void newest() {
        cluster.newest().ifPresent(newest -> {
            keep(newest, Kind.NEWEST, "the newest backup that can be recovered");
            for (Cluster.Line line : cluster.linesWrittenSince(newest.backup().stopped())) {
                List<KnownBackup> along = Cluster.recoverableAlong(line, cluster.backups());
                if (!along.isEmpty() && !along.get(along.size() - 1).equals(newest)) {
                    keep(
                            along.get(along.size() - 1),
                            Kind.NEWEST,
                            "the newest backup that leads onto timeline " + line.timeline()
                                    + ", which was written later than any backup");
                }
            }
        });
    }

    private void window(Duration window) {
        Instant since = cluster.now().minus(window);
        Set<KnownBackup> bases = new HashSet<>();
        for (Cluster.Line line : cluster.linesWrittenSince(since)) {
            Cluster.base(line, cluster.backups(), since)
                    .filter(base -> !base.backup().stopped().isAfter(since))
                    .filter(bases::add)
                    .ifPresent(base -> keep(
                            base,
                            Kind.WINDOW,
                            "the window of " + Times.span(window) + " begins at " + Times.moment(since)
                                    + " and needs it"));
        }
        since(since, Kind.WINDOW, "ended within the window of " + Times.span(window));
    }

    private void age(Duration age) {
        since(cluster.now().minus(age), Kind.AGE, "ended within the last " + Times.span(age));
    }

    private void since(Instant since, Kind kind, String text) {
        for (KnownBackup backup : cluster.backups()) {
            if (!backup.backup().stopped().isBefore(since)) {
                keep(backup, kind, text);
            }
        }
    }

    private void count(int count) {
        List<KnownBackup> recoverable = cluster.recoverable();
        for (KnownBackup backup : recoverable.subList(Math.max(0, recoverable.size() - count), recoverable.size())) {
            keep(backup, Kind.COUNT, count == 1 ? "the newest 1" : "one of the newest " + count);
        }
    }

    private void calendar(KeepCalendar calendar) {
        period(
                calendar,
                calendar.daily(),
                Kind.DAILY,
                time -> time.toLocalDate().toString());
        period(
                calendar,
                calendar.weekly(),
                Kind.WEEKLY,
                time -> String.format(
                        Locale.ROOT,
                        "%04d-W%02d",
                        time.get(IsoFields.WEEK_BASED_YEAR),
                        time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR)));
        period(
                calendar,
                calendar.monthly(),
                Kind.MONTHLY,
                time -> time.toLocalDate().toString().substring(0, 7));
        period(calendar, calendar.yearly(), Kind.YEARLY, time -> Integer.toString(time.getYear()));
    }

    private void period(KeepCalendar calendar, int periods, Kind kind, Function<ZonedDateTime, String> name) {
        Set<String> seen = new HashSet<>();
        List<KnownBackup> recoverable = cluster.recoverable();
        for (int i = recoverable.size() - 1; i >= 0 && seen.size() < periods; i--) {
            KnownBackup backup = recoverable.get(i);
            String period = name.apply(backup.backup().stopped().atZone(calendar.zone()));
            if (seen.add(period)) {
                keep(backup, kind, "the last of " + period);
            }
        }
    }

    private void pinsAndUsers() {
        for (KnownBackup backup : cluster.backups()) {
            Pin pin = backup.generation().pins().get(backup.id());
            if (pin != null && pin.holdsAt(cluster.now())) {
                keep(
                        backup,
                        Kind.PINNED,
                        "pinned"
                                + pin.until()
                                        .map(end -> " until " + Times.moment(end))
                                        .orElse("") + ": " + pin.reason());
            }
            String user = backup.generation().inUse().get(backup.id());
            if (user != null) {
                keep(backup, Kind.IN_USE, user);
            }
        }
    }
}
