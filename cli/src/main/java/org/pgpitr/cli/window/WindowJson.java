package org.pgpitr.cli.window;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgpitr.cli.output.JsonObject;
import org.pgpitr.postgres.TimelineId;
import org.pgpitr.postgres.WalSegmentName;
import org.pgpitr.postgres.WalSegmentSize;
import org.pgpitr.postgres.wal.TransactionEnd;
import org.pgpitr.repository.Generation;
import org.pgpitr.repository.archive.ArchivedWal;
import org.pgpitr.repository.plan.GapCause;
import org.pgpitr.repository.plan.ReachableRange;
import org.pgpitr.repository.plan.TimelineWindow;
import org.pgpitr.repository.plan.WindowGap;
import org.pgpitr.repository.plan.WindowInterval;
import org.pgpitr.repository.window.IntervalContents;
import org.pgpitr.repository.window.WindowAnswer;

/** A window for programs. */
public final class WindowJson {
    private WindowJson() {}

    /** All of it. */
    public static JsonObject of(ShownWindow shown) {
        JsonObject json = head(shown.generation()).put("as_of", shown.answer().asOf());
        if (shown.answer() instanceof WindowAnswer.WithoutKey without) {
            return withoutKey(json, without, shown.generation().identity().segmentSize());
        }
        WindowAnswer.Known known = (WindowAnswer.Known) shown.answer();
        return json.put("readable", true)
                .put(
                        "timelines",
                        known.window().timelines().stream()
                                .map(timeline -> timeline(timeline, known))
                                .toList())
                .put(
                        "unusable_backups",
                        known.window().unusable().stream()
                                .map(each -> new JsonObject()
                                        .put("backup", each.id())
                                        .put("reason", each.reason()))
                                .toList())
                .put("notes", known.silent().map(List::of).orElse(List.of()));
    }

    private static JsonObject head(Generation generation) {
        return new JsonObject()
                .put("cluster", generation.layout().cluster())
                .put("repository", generation.store().location())
                .put("generation", generation.number());
    }

    /** A check. */
    public static JsonObject of(WindowCheck.Verdict verdict, Generation generation) {
        return head(generation)
                .put("ok", verdict.isOk())
                .put("message", verdict.line())
                .put("from_time", verdict.from())
                .put("to_time", verdict.to())
                .put("lag_seconds", verdict.lag())
                .put("depth_seconds", verdict.depth());
    }

    private static JsonObject timeline(TimelineWindow timeline, WindowAnswer.Known known) {
        ArchivedWal wal = known.facts().recovery().wal();
        return new JsonObject()
                .put("timeline", timeline.timeline().value())
                .put(
                        "path",
                        timeline.history()
                                .map(history -> history.stretches().stream()
                                        .map(stretch -> new JsonObject()
                                                .put(
                                                        "timeline",
                                                        stretch.timeline().value())
                                                .put("begin", stretch.begin())
                                                .put("end", stretch.end()))
                                        .toList()))
                .put(
                        "intervals",
                        timeline.intervals().stream()
                                .map(interval -> interval(interval, known))
                                .toList())
                .put(
                        "gaps",
                        timeline.gaps().stream()
                                .map(gap -> gap(gap, timeline, known))
                                .toList())
                .put(
                        "archived",
                        archived(
                                wal,
                                timeline.timeline(),
                                known.facts().recovery().segmentSize()));
    }

    private static JsonObject interval(WindowInterval interval, WindowAnswer.Known known) {
        ReachableRange range = interval.range();
        Optional<IntervalContents> contents = known.of(interval);
        return new JsonObject()
                .put("from_lsn", range.from())
                .put("from_time", range.fromTime())
                .put("to_lsn", range.to())
                .put("to_time", contents.flatMap(IntervalContents::last).map(TransactionEnd::time))
                .put("last_target_lsn", range.lastTarget())
                .put("hole", range.ending() == ReachableRange.Ending.HOLE)
                .put("part_of", interval.partOf().map(TimelineId::value))
                .put(
                        "backups",
                        interval.backups().stream()
                                .map(backup -> new JsonObject()
                                        .put("id", backup.id())
                                        .put("timeline", backup.timeline().value())
                                        .put("stop_lsn", backup.stopLsn())
                                        .put("stopped", backup.stopped()))
                                .toList())
                .put("first_commit", contents.flatMap(IntervalContents::first).map(WindowJson::commit))
                .put("last_commit", contents.flatMap(IntervalContents::last).map(WindowJson::commit))
                .put(
                        "restore_points",
                        contents.map(told -> told.restorePoints().stream()
                                .map(point -> new JsonObject()
                                        .put("name", point.name())
                                        .put("lsn", point.lsn())
                                        .put("time", point.time()))
                                .toList()))
                .put("restore_point_count", contents.map(IntervalContents::restorePointCount));
    }

    private static JsonObject commit(TransactionEnd commit) {
        return new JsonObject()
                .put("time", commit.time())
                .put("xid", commit.xid())
                .put("lsn", commit.start())
                .put("end_lsn", commit.end());
    }

    private static JsonObject gap(WindowGap gap, TimelineWindow timeline, WindowAnswer.Known known) {
        return new JsonObject()
                .put("from_lsn", gap.from())
                .put(
                        "from_time",
                        timeline.intervals().stream()
                                .filter(interval -> interval.range().to().equals(gap.from()))
                                .findFirst()
                                .flatMap(known::of)
                                .flatMap(IntervalContents::last)
                                .map(TransactionEnd::time))
                .put("to_lsn", gap.until().map(backup -> backup.stopLsn()))
                .put("to_time", gap.until().map(backup -> backup.stopped()))
                .put("to_backup", gap.until().map(backup -> backup.id()))
                .put("causes", gap.causes().stream().map(WindowJson::cause).toList())
                .put("mend", gap.mends());
    }

    private static JsonObject cause(GapCause cause) {
        JsonObject json = new JsonObject().put("kind", cause.kind());
        if (cause instanceof GapCause.MissingSegments missing) {
            json.put("first", missing.first()).put("last", missing.last()).put("count", missing.count());
        } else if (cause instanceof GapCause.BrokenWal broken) {
            json.put("segment", broken.segment()).put("object", broken.evidence());
        } else if (cause instanceof GapCause.UnusableWal damaged) {
            json.put("segment", damaged.segment())
                    .put("file", damaged.wal().file())
                    .put("object", damaged.wal().object());
        } else if (cause instanceof GapCause.MissingHistory history) {
            json.put("timeline", history.timeline().value());
        }
        return json.put("message", cause.what());
    }

    private static List<JsonObject> archived(ArchivedWal wal, TimelineId timeline, WalSegmentSize size) {
        List<JsonObject> runs = new ArrayList<>();
        for (ArchivedWal.Run run : wal.runs(timeline)) {
            runs.add(new JsonObject()
                    .put("first", WalSegmentName.of(timeline, run.first(), size))
                    .put("last", WalSegmentName.of(timeline, run.last(), size))
                    .put("from_lsn", size.start(run.first()))
                    .put("to_lsn", size.start(run.last() + 1)));
        }
        return runs;
    }

    private static JsonObject withoutKey(JsonObject json, WindowAnswer.WithoutKey without, WalSegmentSize size) {
        List<JsonObject> timelines = without.wal().timelines().stream()
                .map(timeline -> new JsonObject()
                        .put("timeline", timeline.value())
                        .put("path", null)
                        .put("intervals", null)
                        .put("gaps", null)
                        .put("archived", archived(without.wal(), timeline, size)))
                .toList();
        return json.put("readable", false)
                .put("timelines", timelines)
                .put("unusable_backups", List.of())
                .put(
                        "notes",
                        List.of("Only names can be read: " + without.reason().getMessage() + "."));
    }
}
