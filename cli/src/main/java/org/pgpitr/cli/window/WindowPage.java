package org.pgpitr.cli.window;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.pgpitr.cli.output.Human;
import org.pgpitr.cli.output.LabelledPage;
import org.pgpitr.postgres.RestorePoint;
import org.pgpitr.postgres.TimelineHistory;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.TransactionEnd;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.backup.BackupSummary;
import org.pgpitr.repository.plan.GapCause;
import org.pgpitr.repository.plan.ReachableRange;
import org.pgpitr.repository.plan.TimelineWindow;
import org.pgpitr.repository.plan.WindowGap;
import org.pgpitr.repository.plan.WindowInterval;
import org.pgpitr.repository.window.IntervalContents;
import org.pgpitr.repository.window.WindowAnswer;

/** A window as a page for people. */
public final class WindowPage {
    private static final int LABEL = 14;
    private static final int MOST_POINTS = 10;
    private static final int MOST_BACKUPS = 10;

    private final ShownWindow shown;
    private final ZoneId zone;
    private final int width;
    private final boolean coloured;

    /** @param width in columns */
    public WindowPage(ShownWindow shown, ZoneId zone, int width, boolean coloured) {
        this.shown = shown;
        this.zone = zone;
        this.width = width;
        this.coloured = coloured;
    }

    /** Puts it on a page. */
    public void print(LabelledPage page) {
        page.title("Window of cluster \"" + shown.generation().layout().cluster() + "\""
                        + (shown.generation().number() > 1
                                ? ", generation " + shown.generation().number()
                                : "")
                        + ", as of " + Human.time(shown.answer().asOf(), zone))
                .gap()
                .entry("Repository", shown.generation().store().location());
        if (shown.answer() instanceof WindowAnswer.WithoutKey without) {
            withoutKey(page, without);
        } else if (shown.answer() instanceof WindowAnswer.Known known) {
            known(page, known);
        }
    }

    private void known(LabelledPage page, WindowAnswer.Known known) {
        Scale.of(known, width - LABEL).ifPresent(scale -> drawing(page, known, scale));
        if (known.window().latest().isEmpty()) {
            page.gap().title("Nothing can be recovered.");
        }
        for (TimelineWindow timeline : known.window().timelines()) {
            timeline(page, timeline, known);
        }
        List<String> unusable = known.window().unusable().stream()
                .map(each -> each.id() + ": " + each.reason())
                .toList();
        if (!unusable.isEmpty()) {
            page.gap().entry("No use", unusable);
        }
        known.silent().ifPresent(why -> page.gap().entry("Mind", why));
    }

    private void drawing(LabelledPage page, WindowAnswer.Known known, Scale scale) {
        String begin = label(scale, scale.first());
        String end = label(scale, scale.last());
        int room = Math.max(1, scale.columns() - begin.length() - end.length());
        page.gap().verbatim("", List.of(begin + " ".repeat(room) + end));
        for (TimelineWindow timeline : known.window().timelines()) {
            if (!timeline.intervals().isEmpty()) {
                page.verbatim(
                        "Timeline " + timeline.timeline(),
                        List.of(new DrawnLine(timeline, known, scale).text(coloured)));
            }
        }
        page.verbatim("", List.of(DrawnLine.LEGEND));
    }

    private String label(Scale scale, Scale.Moment moment) {
        return scale.isByTime()
                ? Human.time(moment.time().orElseThrow(), zone)
                : moment.lsn().toString();
    }

    private void timeline(LabelledPage page, TimelineWindow timeline, WindowAnswer.Known known) {
        page.gap()
                .title("Timeline " + timeline.timeline()
                        + timeline.history().map(WindowPage::origin).orElse(", which can't be followed"));
        int intervals = timeline.intervals().size();
        List<WindowGap> gaps = new ArrayList<>(timeline.gaps());
        for (int i = 0; i < intervals; i++) {
            WindowInterval interval = timeline.intervals().get(i);
            while (!gaps.isEmpty()
                    && gaps.get(0).from().isBefore(interval.range().from())) {
                gap(page, gaps.remove(0));
            }
            interval(page, interval, known);
        }
        gaps.forEach(gap -> gap(page, gap));
        if (intervals == 0 && timeline.gaps().isEmpty()) {
            page.entry("", "There is WAL, but no backup leads there.");
        }
    }

    private static String origin(TimelineHistory history) {
        List<TimelineHistory.Stretch> stretches = history.stretches();
        return stretches.size() == 1
                ? ""
                : stretches.subList(0, stretches.size() - 1).stream()
                        .map(stretch -> "timeline " + stretch.timeline() + " up to "
                                + stretch.end().orElseThrow())
                        .collect(Collectors.joining(", ", ", follows ", ""));
    }

    private void interval(LabelledPage page, WindowInterval interval, WindowAnswer.Known known) {
        ReachableRange range = interval.range();
        Optional<IntervalContents> contents = known.of(interval);
        page.gap()
                .entry(
                        "From",
                        Human.time(range.fromTime(), zone) + " at " + range.from() + ", the end of backup "
                                + range.backup())
                .entry("To", end(range, contents))
                .entry("", part(interval))
                .entry("Backups", backups(interval.backups()));
        contents.ifPresent(told -> page.entry("Named points", points(told)));
    }

    private static List<String> part(WindowInterval interval) {
        return interval.partOf()
                .map(other -> List.of("All of it can be recovered along timeline " + other + " too."))
                .orElse(List.of());
    }

    private String end(ReachableRange range, Optional<IntervalContents> contents) {
        String where = range.ending() == ReachableRange.Ending.HOLE
                ? "the gap at " + range.to()
                : "the end of the archived WAL at " + range.to();
        if (contents.isEmpty()) {
            return where;
        }
        Optional<TransactionEnd> last = contents.get().last();
        return last.map(commit -> Human.exactTime(commit.time(), zone) + " at " + commit.start()
                        + ", the last commit before " + where + " (transaction " + commit.xid() + ")")
                .orElse(where + ", without a commit");
    }

    private List<String> backups(List<BackupSummary> backups) {
        List<String> lines = new ArrayList<>();
        int shownOnes = Math.min(MOST_BACKUPS, backups.size());
        backups.subList(0, shownOnes)
                .forEach(backup -> lines.add(backup.id() + ", from " + Human.time(backup.stopped(), zone) + " at "
                        + backup.stopLsn() + " on"));
        if (backups.size() > shownOnes) {
            lines.add(String.format(Locale.ROOT, "and %,d more", backups.size() - shownOnes));
        }
        return lines;
    }

    private List<String> points(IntervalContents contents) {
        List<RestorePoint> points = contents.restorePoints();
        int first = Math.max(0, points.size() - MOST_POINTS);
        List<String> lines = new ArrayList<>();
        if (contents.restorePointCount() > points.size() - first) {
            lines.add(String.format(
                    Locale.ROOT, "%,d earlier ones, and", contents.restorePointCount() - points.size() + first));
        }
        points.subList(first, points.size())
                .forEach(point ->
                        lines.add(point.name() + " (" + Human.time(point.time(), zone) + ", " + point.lsn() + ")"));
        return lines;
    }

    private void gap(LabelledPage page, WindowGap gap) {
        String until = gap.until()
                .map(backup -> "to " + Human.time(backup.stopped(), zone) + " at " + backup.stopLsn()
                        + ", the end of backup " + backup.id())
                .orElse("on, until there is a new backup");
        page.gap().entry("Gap", "From " + gap.from() + " " + until + ", nothing can be recovered.");
        page.entry(
                "", gap.causes().stream().map(cause -> sentence(cause.what())).toList());
        page.entry("To mend", gap.mends().stream().map(WindowPage::sentence).toList());
    }

    private static String sentence(String clause) {
        return clause.substring(0, 1).toUpperCase(Locale.ROOT) + clause.substring(1) + ".";
    }

    private void withoutKey(LabelledPage page, WindowAnswer.WithoutKey without) {
        WalSegmentSize size = shown.generation().identity().segmentSize();
        page.gap()
                .title("Without the key only names can be read: what is archived, but neither where backups begin and"
                        + " end nor any time, and so not which moments can be recovered.");
        page.gap()
                .entry(
                        "Backups",
                        without.backups().entrySet().stream()
                                .map(backup -> backup.getKey() + ", stored " + Human.time(backup.getValue(), zone))
                                .toList());
        for (TimelineId timeline : without.wal().timelines()) {
            page.gap().title("Timeline " + timeline);
            page.entry(
                    "Archived",
                    without.wal().runs(timeline).stream()
                            .map(run -> run(run, size))
                            .toList());
            page.entry(
                    "Missing",
                    without.gaps().stream()
                            .filter(hole -> hole.timeline().equals(timeline))
                            .map(hole -> new GapCause.MissingSegments(hole.first(), hole.last(), hole.count()).what())
                            .map(WindowPage::sentence)
                            .toList());
        }
        page.entry(
                "Refused",
                without.refused().entrySet().stream()
                        .map(each -> sentence(new GapCause.BrokenWal(each.getKey(), each.getValue()).what()))
                        .toList());
    }

    private static String run(ArchivedWal.Run run, WalSegmentSize size) {
        return size.start(run.first()) + " to " + size.start(run.last() + 1) + ": "
                + WalSegmentName.of(run.timeline(), run.first(), size) + " to "
                + WalSegmentName.of(run.timeline(), run.last(), size);
    }
}
