package org.pgpitr.cli.recovery;

import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.pgpitr.cli.output.FindingsByKind;
import org.pgpitr.cli.output.Human;
import org.pgpitr.cli.output.LabelledPage;
import org.pgpitr.cli.output.VerifyPage;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.TransactionEnd;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.backup.Tablespace;
import org.pgpitr.repository.measured.Expectation;
import org.pgpitr.repository.measured.ExpectedDuration;
import org.pgpitr.repository.plan.RecoveryPlan;
import org.pgpitr.repository.plan.RecoveryStop;
import org.pgpitr.repository.plan.WalRange;
import org.pgpitr.service.restore.RecoverySettings;
import org.pgpitr.service.restore.RestoreOptions;
import org.pgpitr.service.verify.ContentRead;
import org.pgpitr.service.verify.Severity;

/** A plan as a page for people: the page to read at three in the morning. */
public final class PlanPage {
    private final Planned planned;
    private final RecoveryPlan plan;
    private final ZoneId zone;
    private final Mood mood;

    /** Whether it is about to be done. */
    public enum Mood {
        WOULD("Would write"),
        WILL("Writes");

        private final String writes;

        Mood(String writes) {
            this.writes = writes;
        }
    }

    public PlanPage(Planned planned, ZoneId zone, Mood mood) {
        this.mood = mood;
        this.planned = planned;
        this.plan = planned.plan();
        this.zone = zone;
    }

    /** Puts it on a page. */
    public void print(LabelledPage page) {
        page.title("Recovery of cluster \"" + planned.generation().layout().cluster() + "\" to "
                        + target(planned, zone))
                .gap()
                .entry("Repository", planned.generation().store().location())
                .entry("Backup", backup())
                .entry("Timeline", timelines())
                .verbatim("WAL", wal())
                .entry("Last in", stop(RecoveryStop::lastIncluded, "none in this WAL: what the backup holds"))
                .entry("First out", stop(RecoveryStop::firstLeftOut, noneLeftOut()))
                .entry("To fetch", fetch())
                .entry("Will take", expected())
                .entry("Content", content())
                .entry("Damaged", damaged())
                .entry("Tablespaces", tablespaces())
                .verbatim(mood.writes, settings())
                .entry(
                        "Passed over",
                        plan.passedOver().stream()
                                .map(each -> each.id() + ": " + each.reason())
                                .toList())
                .entry("Mind", plan.notes());
    }

    /** The target in one phrase; a time as it was given and understood. */
    public static String target(Planned planned, ZoneId zone) {
        Optional<TargetTime> time = planned.time();
        if (time.isEmpty()) {
            return planned.plan().target().toString();
        }
        String bound = planned.plan().target().toString().startsWith("just before") ? "just before " : "";
        TargetTime given = time.get();
        String utc = Human.exactTime(given.time(), java.time.ZoneOffset.UTC);
        String there = Human.exactTime(given.time(), given.zone());
        return bound + "time " + there + (there.equals(utc) ? "" : " (" + utc + ")");
    }

    private List<String> backup() {
        BackupSummary backup = plan.backup();
        List<String> lines = new ArrayList<>();
        lines.add(backup.id() + ", taken " + Human.time(backup.started(), zone) + " in "
                + Human.duration(Duration.between(backup.started(), backup.stopped())) + ", "
                + (backup.source() == BackupSummary.Source.STANDBY ? "standby" : "primary") + ", PostgreSQL "
                + Human.version(backup.serverVersion()));
        lines.add("consistent at " + backup.stopLsn() + ", " + Human.time(backup.stopped(), zone));
        if (!backup.damagedPages().isEmpty()) {
            lines.add(Human.count(backup.damagedPages().size(), "page was", "pages were")
                    + " damaged when it was taken; see `pgpitr list`");
        }
        return lines;
    }

    private String timelines() {
        TimelineHistory path = plan.path();
        StringBuilder text = new StringBuilder();
        for (TimelineHistory.Stretch stretch : path.stretches()) {
            if (stretch.timeline().compareTo(plan.backup().timeline()) >= 0) {
                text.append(text.isEmpty() ? "" : ", then ").append(stretch.timeline());
                stretch.end().ifPresent(end -> text.append(" up to ").append(end));
            }
        }
        return text.toString();
    }

    private List<String> wal() {
        return plan.wal().stream().map(this::range).toList();
    }

    private String range(WalRange range) {
        WalSegmentSize size = plan.backup().segmentSize();
        long segments = range.last().number(size) - range.first().number(size) + 1;
        String names = segments == 1 ? range.first().toString() : range.first() + " to " + range.last();
        return names + "  (" + Human.count(segments, "segment", "segments")
                + switch (range.form()) {
                    case WHOLE -> "";
                    case PARTIAL -> ", partial";
                    case STREAMED -> ", streamed";
                }
                + ")";
    }

    private String noneLeftOut() {
        return plan.stop()
                .flatMap(RecoveryStop::broken)
                .map(broken -> "not known: the WAL breaks at " + broken.lsn() + " in segment " + broken.segment())
                .orElse("none that is archived");
    }

    private List<String> stop(Function<RecoveryStop, Optional<TransactionEnd>> side, String none) {
        return plan.stop().stream()
                .map(stop -> side.apply(stop).map(this::commit).orElse(none))
                .toList();
    }

    private String commit(TransactionEnd commit) {
        return "transaction " + commit.xid() + " at " + Human.exactTime(commit.time(), zone) + ", " + commit.start();
    }

    private List<String> fetch() {
        String all = Human.size(plan.backupBytes()) + " of backup and " + Human.size(plan.walBytes()) + " of WAL";
        boolean known = plan.stop().isPresent()
                || plan.target() instanceof RecoveryTarget.EndOfWal
                || plan.target() instanceof RecoveryTarget.Immediate
                || plan.target() instanceof RecoveryTarget.AtLsn;
        return List.of(
                all + (known ? "" : " at most"),
                "needs " + Human.size(plan.backup().originalBytes()) + " of disk, and room for WAL");
    }

    private List<String> expected() {
        ExpectedDuration expected = planned.expected();
        return List.of(
                "about " + Human.duration(expected.whole()),
                Human.duration(expected.restore().duration()) + " to restore, " + basis(expected.restore(), "restore"),
                Human.duration(expected.replay().duration()) + " to replay, " + basis(expected.replay(), "replay"));
    }

    private static String basis(Expectation expectation, String what) {
        return switch (expectation.basis()) {
            case THIS_HOST -> "by " + Human.count(expectation.measurements(), what, what + "s") + " on this host";
            case OTHER_HOSTS -> "by " + Human.count(expectation.measurements(), what, what + "s") + " on other hosts";
            case BACKUP -> "as long as the backup took: no restore has been measured yet";
            case ASSUMED -> "a cautious guess: no " + what + " has been measured yet";
        };
    }

    private List<String> content() {
        if (planned.content().isPresent()) {
            return List.of(
                    "read: " + VerifyPage.content(planned.content().get().verified()),
                    "all of it that this plan takes is as it was stored");
        }
        if (mood == Mood.WOULD) {
            return List.of("not read, but for the WAL that tells where it stops; `pgpitr plan --full` reads and checks"
                    + " all of it first");
        }
        return plan.target() instanceof RecoveryTarget.EndOfWal
                ? List.of("of the WAL only the end was read, back to the last commit; the rest is checked as it is"
                        + " replayed")
                : List.of();
    }

    private List<String> damaged() {
        List<String> lines = new ArrayList<>();
        FindingsByKind.tell(
                planned.content().map(ContentRead::findings).orElse(List.of()).stream()
                        .filter(finding -> finding.severity() != Severity.NOTE)
                        .toList(),
                finding -> lines.add(finding.message()),
                hint -> lines.add("to mend it: " + hint));
        return lines;
    }

    private List<String> tablespaces() {
        return plan.backup().tablespaces().stream().map(this::tablespace).toList();
    }

    private String tablespace(Tablespace tablespace) {
        Optional<Path> mapped = Optional.ofNullable(
                        planned.options().tablespaceMap().get(tablespace.name()))
                .or(() -> Optional.ofNullable(planned.options().tablespaceMap().get(Long.toString(tablespace.oid()))));
        return tablespace.name() + " (" + tablespace.oid() + ") "
                + mapped.map(path -> "goes to " + path + ", was " + tablespace.location())
                        .orElse("goes back to " + tablespace.location() + ", which must be empty; --tablespace-map "
                                + tablespace.name() + "=DIR moves it");
    }

    private List<String> settings() {
        List<String> lines = new ArrayList<>();
        lines.add((planned.options().mode() == RestoreOptions.Mode.STANDBY ? "standby.signal" : "recovery.signal")
                + ", backup_manifest, and to postgresql.auto.conf:");
        RecoverySettings.settings(plan.target(), plan.path(), planned.options()).forEach((name, value) -> {
            if (!value.isEmpty()) {
                lines.add("  " + name + " = '" + value.replace("'", "''") + "'");
            }
        });
        return lines;
    }
}
